import { all, atLeast, byType, eachOf, exactly, only, passes, priced, type Rule, refused } from '../classification.ts'

const functionTool = atLeast({
  ...all(['type', 'name', 'description', 'parameters', 'strict', 'output_schema', 'allowed_callers', 'async']),
  defer_loading: passes(),
})

const customTool = atLeast({
  ...all(['type', 'name', 'description', 'format', 'allowed_callers', 'async', 'defer_loading']),
})

/** Tools that the client runs. */
const clientTools: Readonly<Record<string, Rule>> = {
  function: functionTool,
  custom: customTool,
  namespace: atLeast({
    ...all(['type', 'name', 'description']),
    tools: eachOf(byType({ function: functionTool, custom: customTool })),
  }),
  ...all(['local_shell', 'computer', 'computer_use_preview', 'apply_patch']),
}

const search = {
  ...all(['type', 'search_context_size', 'user_location']),
}

const webSearch = exactly(
  { ...search, ...all(['filters', 'external_web_access']) },
  priced(
    'Each search at its price, and what it finds as input: the context window is held. At most 5 unless max_tool_calls is set.',
  ),
)

const webSearchPreview = exactly(
  { ...search, search_content_types: only([], 'searches for pictures have no known price. Leave it out.') },
  priced(
    'Like web_search; refused with models that do not reason, whose searches it makes dearer than any count tells.',
  ),
)

const containers = refused(
  'it runs in a container that is billed by its time, which no count in the answer tells. Run the code yourself.',
)

const kept = refused(
  'vector stores are kept for the operator’s users together. Search yourself, and send what you found.',
)

/** Tools that run at the provider: only as members of `tools`. */
const providerTools: Readonly<Record<string, Rule>> = {
  ...all(['web_search', 'web_search_2025_08_26'], webSearch),
  ...all(['web_search_preview', 'web_search_preview_2025_03_11'], webSearchPreview),
  tool_search: exactly(
    all(['type', 'description', 'execution', 'parameters']),
    priced('Tools that are found are input of the same response.'),
  ),
  code_interpreter: containers,
  shell: containers,
  programmatic_tool_calling: containers,
  ...all(['file_search', 'collections_search'], kept),
  mcp: refused('the provider would call servers in the operator’s name. Connect to MCP servers in the client.'),
  image_generation: refused('pictures are billed by prices of their own, which are not known here.'),
  ...all(['x_search', 'code_execution'], refused('its price is not known here.')),
}

export const tools = eachOf(byType({ ...clientTools, ...providerTools }))

const onlyInTools = refused('tools that run at the provider are counted in tools only. Declare it there.')

/** Definitions among the items of the input: what runs at the provider would escape the counting of `tools` there. */
export const inlineTools = eachOf(byType({ ...clientTools, ...all(Object.keys(providerTools), onlyInTools) }))
