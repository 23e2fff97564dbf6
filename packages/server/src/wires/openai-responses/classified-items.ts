import { all, atLeast, byType, eachOf, passes, priced, refused } from '../classification.ts'
import { inlineTools } from './classified-tools.ts'

const fileId = refused(
  'the id of a file is not known in this place. Files that are kept here are named in messages and in results of tools; elsewhere send the content itself.',
)

/** Of responses by several agents, which are not served. */
const agents = refused('several agents answer at once, and nothing bounds what they cost. Leave it out.')

const marked = { type: passes(), prompt_cache_breakpoint: passes() }

const text = atLeast({ ...marked, ...all(['text', 'annotations', 'logprobs']) })

const parts = eachOf(
  byType({
    ...all(['input_text', 'output_text', 'text', 'summary_text', 'reasoning_text'], text),
    refusal: passes(),
    input_image: atLeast({
      ...marked,
      detail: passes(),
      image_url: priced('By the model’s own formula; by a URL, the context window is held.'),
      file_id: fileId,
    }),
    input_file: atLeast({
      ...marked,
      ...all(['detail', 'filename']),
      file_data: priced('By its pages, each at the most that a page may cost.'),
      file_url: priced('Its size is not known before it is sent: the context window is held.'),
      file_id: fileId,
    }),
    computer_screenshot: atLeast({
      type: passes(),
      image_url: priced('By the model’s own formula; by a URL, the context window is held.'),
      file_id: fileId,
    }),
    input_audio: refused('sound is not served here: it has prices of its own.'),
  }),
)

const named = { ...all(['type', 'id', 'call_id', 'status', 'caller', 'name', 'namespace']), agent: agents }

const output = atLeast({ ...named, output: parts })

const container = refused('containers are kept for the operator’s users together. Leave the item out.')

const mcp = refused('MCP servers are not served here. Leave the item out.')

const shellCall = atLeast({
  ...named,
  action: passes(),
  environment: byType({ local: passes(), container_reference: container }),
})

export const items = eachOf(
  byType(
    {
      message: atLeast({ ...named, ...all(['role', 'phase']), content: parts }),
      reasoning: atLeast({
        ...named,
        ...all(['summary', 'encrypted_content']),
        content: parts,
      }),
      function_call: atLeast({ ...named, ...all(['arguments', 'async']) }),
      function_call_output: output,
      custom_tool_call: atLeast({ ...named, ...all(['input', 'async']) }),
      custom_tool_call_output: output,
      web_search_call: passes(),
      ...all(['local_shell_call', 'local_shell_call_output', 'shell_call_output']),
      shell_call: shellCall,
      ...all(['apply_patch_call', 'apply_patch_call_output', 'computer_call', 'file_search_call']),
      computer_call_output: atLeast({
        ...named,
        acknowledged_safety_checks: passes(),
        output: byType({
          computer_screenshot: atLeast({
            type: passes(),
            image_url: priced('By the model’s own formula.'),
            file_id: fileId,
          }),
        }),
      }),
      tool_search_call: passes(),
      tool_search_output: atLeast({ ...named, execution: passes(), tools: inlineTools }),
      additional_tools: atLeast({ ...named, role: passes(), tools: inlineTools }),
      configuration_update: atLeast({ ...named, ...all(['reasoning', 'text']) }),
      compaction: passes(),
      compaction_trigger: priced('The prompt is read once more and its summary written; both are held.'),
      item_reference: passes('The item that is kept here goes out in its place, and counts as input.'),
      image_generation_call: refused('pictures are not generated here. Send the picture as input_image.'),
      ...all(['code_interpreter_call', 'program', 'program_output'], container),
      ...all(['agent_message', 'multi_agent_call', 'multi_agent_call_output'], agents),
      ...all(['mcp_call', 'mcp_list_tools', 'mcp_approval_request', 'mcp_approval_response'], mcp),
    },
    'message',
  ),
)
