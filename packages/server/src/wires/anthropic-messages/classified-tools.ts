import { all, atLeast, byType, eachOf, exactly, only, passes, priced, type Rule, refused } from '../classification.ts'

export const cacheMark = atLeast(
  {
    type: passes(),
    ttl: only(['5m', '1h'], 'prices of cache writes are known for 5m and 1h only. Use one of them.'),
  },
  priced('Cache writes of five minutes and of one hour have prices of their own, and so have cache reads.'),
)

/** What the tools have in common. */
const shared = {
  ...all(['type', 'name', 'description', 'strict', 'defer_loading', 'input_examples']),
  allowed_callers: passes(
    'The code that calls tools runs in a container only where a search or fetch of 2026 brings it.',
  ),
  cache_control: cacheMark,
}

/** Tools that the client runs. */
const clientTools: Readonly<Record<string, Rule>> = {
  custom: atLeast({ ...shared, ...all(['input_schema', 'eager_input_streaming']) }),
  ...all(['bash_20241022', 'bash_20250124', 'memory_20250818', 'text_editor_20241022'], atLeast(shared)),
  ...all(['text_editor_20250124', 'text_editor_20250429'], atLeast(shared)),
  text_editor_20250728: atLeast({ ...shared, ...all(['max_characters']) }),
  ...all(
    ['computer_20241022', 'computer_20250124', 'computer_20251124'],
    atLeast({ ...shared, ...all(['display_height_px', 'display_width_px', 'display_number', 'enable_zoom']) }),
  ),
  ...all(['computer_toolset_20260801', 'browser_toolset_20260801'], atLeast({ ...shared, ...all(['configs']) })),
}

const bounded = {
  ...shared,
  ...all(['allowed_domains', 'blocked_domains', 'max_uses', 'response_inclusion']),
}

const webSearch = exactly(
  { ...bounded, ...all(['user_location']) },
  priced('Each search at its price, and what it finds as input: the context window is held. max_uses is 5 unless set.'),
)

const webFetch = exactly(
  { ...bounded, ...all(['citations', 'max_content_tokens', 'url_sources', 'use_cache']) },
  priced('What it fetches is input: the context window is held.'),
)

const toolSearch = exactly(
  shared,
  priced('The prompt is read once more after each search; every run is billed by its own counts.'),
)

const advisor = exactly(
  { ...shared, ...all(['max_uses', 'max_tokens']), model: priced('Its own price.'), caching: cacheMark },
  priced(
    'Each consultation at the advisor’s own price, which is held for all that may come: max_uses is 3 and max_tokens 8192 unless set. The advisor has to be a model that the key may use.',
  ),
)

const codeExecution = refused(
  'code execution is billed by the time of a container, which no count in the answer tells. Run the code yourself.',
)

const mcp = refused('the provider would call servers in the operator’s name. Connect to MCP servers in the client.')

/** Tools that run at Anthropic: only as members of `tools`. */
const serverTools: Readonly<Record<string, Rule>> = {
  ...all(['web_search_20250305', 'web_search_20260209', 'web_search_20260318'], webSearch),
  ...all(['web_fetch_20250910', 'web_fetch_20260209', 'web_fetch_20260309', 'web_fetch_20260318'], webFetch),
  ...all(['tool_search_tool_bm25', 'tool_search_tool_bm25_20251119'], toolSearch),
  ...all(['tool_search_tool_regex', 'tool_search_tool_regex_20251119'], toolSearch),
  advisor_20260301: advisor,
  ...all(['code_execution_20250522', 'code_execution_20250825'], codeExecution),
  ...all(['code_execution_20260120', 'code_execution_20260521'], codeExecution),
  mcp_toolset: mcp,
}

export const tools = eachOf(byType({ ...clientTools, ...serverTools }, 'custom'))

const onlyInTools = refused('tools that run at the provider are counted in tools only. Declare it there.')

/** Definitions among the messages: what runs at Anthropic would escape the counting of `tools` there. */
export const inlineTool = byType({ ...clientTools, ...all(Object.keys(serverTools), onlyInTools) }, 'custom')

export const mcpServers = eachOf(mcp)
