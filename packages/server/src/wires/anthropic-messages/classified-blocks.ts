import { all, atLeast, byType, eachOf, passes, priced, type Rule, refused } from '../classification.ts'
import { cacheMark, inlineTool } from './classified-tools.ts'

const fileId = refused(
  'the id of a file is not known in this place. Files that are kept here are named in messages and in results of tools; elsewhere send the content itself.',
)

const byUrl = priced('Its size is not known before it is sent: the context window is held.')

const cached = { type: passes(), cache_control: cacheMark }

const text = atLeast({ ...cached, ...all(['text', 'citations']) })

const image = atLeast({
  ...cached,
  source: byType({
    base64: priced('By the model’s own formula.'),
    url: byUrl,
    file: fileId,
  }),
  transformations: passes(),
})

const document = atLeast({
  ...cached,
  ...all(['title', 'context', 'citations']),
  source: byType({
    base64: priced('By its pages, each at the most that a page may cost.'),
    text: passes(),
    url: byUrl,
    file: fileId,
    content: atLeast({ type: passes(), content: eachOf(byType({ text, image })) }),
  }),
})

const searchResult = atLeast({ ...cached, ...all(['source', 'title', 'citations']), content: eachOf(byType({ text })) })

const toolReference = atLeast({ ...cached, ...all(['tool_name']) })

const browserState = atLeast({ ...cached, ...all(['tabs', 'state_changes']) })

const toolResult = atLeast({
  ...cached,
  ...all(['tool_use_id', 'is_error', 'toolset_name']),
  content: eachOf(
    byType({
      text,
      image,
      document,
      search_result: searchResult,
      tool_reference: toolReference,
      browser_state: browserState,
    }),
  ),
})

const call = atLeast({ ...cached, ...all(['id', 'name', 'input', 'caller', 'toolset_name', 'server_name']) })

/** Results of tools that ran at Anthropic: they come back as they were given. */
const result = (content: Rule) => atLeast({ ...cached, ...all(['tool_use_id', 'caller', 'is_error']), content })

const outputs = (type: string) =>
  atLeast({ ...all(['type', 'stdout', 'stderr', 'return_code']), content: eachOf(byType({ [type]: fileId })) })

const codeResult = byType({
  code_execution_result: outputs('code_execution_output'),
  encrypted_code_execution_result: atLeast({
    ...all(['type', 'encrypted_stdout', 'stderr', 'return_code']),
    content: eachOf(byType({ code_execution_output: fileId })),
  }),
  code_execution_tool_result_error: passes(),
})

const bashResult = byType({
  bash_code_execution_result: outputs('bash_code_execution_output'),
  bash_code_execution_tool_result_error: passes(),
})

const fetched = byType({
  web_fetch_result: atLeast({ ...all(['type', 'url', 'retrieved_at']), content: byType({ document }) }),
  web_fetch_tool_result_error: passes(),
})

const found = eachOf(byType(all(['web_search_result', 'web_search_tool_result_error'])))

const mcpReference = refused('MCP servers are not served here. Connect to them in the client.')

/** A tool that is offered or withdrawn in the middle of a conversation. */
const toolChange = atLeast({
  ...cached,
  tool: byType({
    tool_reference: passes(),
    tool_definition: atLeast({ type: passes(), definition: inlineTool }),
    mcp_tool_reference: mcpReference,
    mcp_toolset_reference: mcpReference,
  }),
})

export const blocks = eachOf(
  byType({
    text,
    image,
    document,
    search_result: searchResult,
    thinking: passes(),
    redacted_thinking: passes(),
    // Narration between calls, which answers bring and the next request has to repeat.
    connector_text: passes(),
    tool_use: call,
    tool_result: toolResult,
    tool_reference: toolReference,
    tool_addition: toolChange,
    tool_removal: toolChange,
    server_tool_use: call,
    web_search_tool_result: result(found),
    web_fetch_tool_result: result(fetched),
    code_execution_tool_result: result(codeResult),
    bash_code_execution_tool_result: result(bashResult),
    text_editor_code_execution_tool_result: result(passes()),
    tool_search_tool_result: result(passes()),
    advisor_tool_result: result(passes()),
    mcp_tool_use: call,
    mcp_tool_result: result(eachOf(byType({ text }))),
    mcp_tool_listing: passes(),
    compaction: atLeast({
      ...cached,
      ...all(['content', 'encrypted_content', 'signature']),
      tool_changes: eachOf(byType({ tool_addition: toolChange, tool_removal: toolChange })),
    }),
    fallback: passes(),
    container_upload: refused('containers and their files are not supported here. Send the content itself.'),
  }),
)

export const systemBlocks = eachOf(byType({ text }))
