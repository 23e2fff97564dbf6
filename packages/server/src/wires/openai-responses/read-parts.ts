import { undocumentedToolTokens } from '../../pricing/input-ceilings.ts'
import {
  addFile,
  addImageUrl,
  addSound,
  type FoundParts,
  listOf,
  type PartsReader,
  property,
} from '../ceiling/prompt-parts.ts'

/** Items that are their letters and no more. */
const textItems = new Set([
  ...['function_call', 'custom_tool_call', 'reasoning', 'web_search_call', 'file_search_call', 'tool_search_call'],
  ...['tool_search_output', 'local_shell_call', 'local_shell_call_output', 'shell_call', 'shell_call_output'],
  ...['apply_patch_call', 'apply_patch_call_output', 'compaction', 'computer_call', 'mcp_call', 'mcp_list_tools'],
  ...['mcp_approval_request', 'mcp_approval_response', 'code_interpreter_call', 'additional_tools'],
])

/** Tools that are their definitions and no more. */
const ownTools = new Set(['function', 'custom', 'namespace'])

/** The parts of a Responses body. */
export const readResponsesParts: PartsReader = (body, found) => {
  for (const item of listOf(body.input)) readItem(item, found)
  for (const tool of listOf(body.tools)) {
    found.hasTools = true
    const type = String(property(tool, 'type'))
    if (ownTools.has(type)) continue
    found.typedToolTokens += undocumentedToolTokens
    // All of the provider's own tools share one number of calls.
    const callsMax = typeof body.max_tool_calls === 'number' ? body.max_tool_calls : 0
    if (type.startsWith('web_search')) found.webSearchesMax = callsMax
    found.rereadsMax = callsMax
  }
}

function readItem(item: unknown, found: FoundParts): void {
  const type = property(item, 'type')
  if (type === undefined || type === null || type === 'message') readContent(property(item, 'content'), found)
  else if (type === 'function_call_output' || type === 'custom_tool_call_output')
    readContent(property(item, 'output'), found)
  else if (type === 'computer_call_output') readPart(property(item, 'output'), found)
  else if (typeof type !== 'string' || !textItems.has(type)) found.hasUnknown = true
}

function readContent(content: unknown, found: FoundParts): void {
  for (const part of listOf(content)) readPart(part, found)
}

/** Parts that are their letters and no more. */
const textParts = new Set<unknown>(['input_text', 'output_text', 'text', 'refusal', 'summary_text', 'reasoning_text'])

function readPart(part: unknown, found: FoundParts): void {
  const type = property(part, 'type')
  if (textParts.has(type)) return
  if (type === 'input_image' || type === 'computer_screenshot')
    addImageUrl(found, { holder: part, field: 'image_url' }, property(part, 'detail'))
  else if (type === 'input_file') addFile(found, part, property(part, 'detail'))
  else if (type === 'input_audio') addSound(found, { holder: property(part, 'input_audio'), field: 'data' })
  else found.hasUnknown = true
}
