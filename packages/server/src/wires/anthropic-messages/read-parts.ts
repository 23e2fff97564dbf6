import { typedToolTokens, undocumentedToolTokens } from '../../pricing/input-ceilings.ts'
import {
  addImage,
  addPdf,
  type FoundParts,
  listOf,
  noteCacheMark,
  type PartsReader,
  property,
} from '../ceiling/prompt-parts.ts'
import { usesByDefault } from './default-limits.ts'

/** Blocks that are their letters and no more. What a provider encrypted is longer than what it counts for it. */
const textBlocks = new Set([
  ...['text', 'thinking', 'redacted_thinking', 'tool_use', 'server_tool_use', 'mcp_tool_use', 'mid_conv_system'],
  ...['web_search_tool_result', 'code_execution_tool_result', 'bash_code_execution_tool_result'],
  ...['text_editor_code_execution_tool_result', 'tool_search_tool_result', 'tool_reference', 'compaction', 'fallback'],
  ...['advisor_tool_result', 'browser_state', 'toolset_tool_use'],
])

/** The parts of a Messages body. */
export const readMessagesParts: PartsReader = (body, found) => {
  noteCacheMark(found, body)
  for (const block of listOf(body.system)) readBlock(block, found)
  for (const message of listOf(body.messages)) {
    const content = property(message, 'content')
    for (const block of listOf(content)) readBlock(block, found)
  }
  for (const tool of listOf(body.tools)) readTool(tool, found)
}

function readBlock(block: unknown, found: FoundParts): void {
  const type = property(block, 'type')
  if (typeof block !== 'object' || block === null || typeof type !== 'string') {
    found.hasUnknown = true
    return
  }
  noteCacheMark(found, block)
  if (type === 'image') readImage(property(block, 'source'), found)
  else if (type === 'document') readDocument(property(block, 'source'), found)
  else if (type === 'tool_result' || type === 'search_result' || type === 'mcp_tool_result') {
    for (const inner of listOf(property(block, 'content'))) readBlock(inner, found)
  } else {
    if (holdsMarks.has(type)) noteMarksWithin(block, found)
    if (!textBlocks.has(type)) found.hasUnknown = true
  }
}

/** Blocks in which definitions of tools and documents lie that may be marked for the cache themselves. */
const holdsMarks = new Set(['tool_addition', 'tool_removal', 'compaction', 'web_fetch_tool_result'])

function noteMarksWithin(value: object, found: FoundParts): void {
  for (const part of Object.values(value) as readonly unknown[]) {
    if (typeof part !== 'object' || part === null) continue
    noteCacheMark(found, part)
    noteMarksWithin(part, found)
  }
}

function readImage(source: unknown, found: FoundParts): void {
  const [type, data] = [property(source, 'type'), property(source, 'data')]
  if (type === 'base64' && typeof data === 'string')
    addImage(found, { holder: source, field: 'data' }, { data, detail: 'auto' })
  else if (type === 'url') addImage(found, { holder: source, field: 'url' }, { data: null, detail: 'auto' })
  else found.hasUnknown = true
}

function readDocument(source: unknown, found: FoundParts): void {
  const [type, data, content] = [property(source, 'type'), property(source, 'data'), property(source, 'content')]
  if (type === 'base64' && typeof data === 'string')
    addPdf(found, { holder: source, field: 'data' }, { data, detail: 'auto' })
  else if (type === 'content') for (const block of listOf(content)) readBlock(block, found)
  else if (type !== 'text') found.hasUnknown = true
}

/** The loop in which Anthropic runs its own tools pauses after ten readings of the prompt (`pause_turn`). */
const rereadsOfLoop = 9

function readTool(tool: unknown, found: FoundParts): void {
  found.hasTools = true
  if (typeof tool !== 'object' || tool === null) return
  noteCacheMark(found, tool)
  const type = property(tool, 'type')
  if (typeof type !== 'string' || type === 'custom') return
  found.typedToolTokens += typedToolTokens.find(([prefix]) => type.startsWith(prefix))?.[1] ?? undocumentedToolTokens
  if (!isRunByProvider(type)) return
  const uses = property(tool, 'max_uses')
  const usesMax = typeof uses === 'number' && uses > 0 ? uses : usesByDefault
  if (type.startsWith('web_search')) found.webSearchesMax += usesMax
  found.rereadsMax = Math.max(found.rereadsMax, usesMax, rereadsOfLoop)
}

function isRunByProvider(type: string): boolean {
  return ['web_search', 'web_fetch', 'code_execution', 'tool_search', 'advisor', 'mcp_toolset'].some((prefix) =>
    type.startsWith(prefix),
  )
}
