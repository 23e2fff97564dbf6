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

/** The parts of a Chat Completions body. */
export const readChatParts: PartsReader = (body, found) => {
  for (const message of listOf(body.messages))
    for (const part of listOf(property(message, 'content'))) readPart(part, found)
  for (const tool of listOf(body.tools)) {
    found.hasTools = true
    const type = property(tool, 'type')
    if (type !== 'function' && type !== 'custom') found.typedToolTokens += undocumentedToolTokens
  }
  found.hasTools ||= listOf(body.functions).length > 0
}

function readPart(part: unknown, found: FoundParts): void {
  const type = property(part, 'type')
  if (type === 'text' || type === 'refusal') return
  if (type === 'image_url') {
    const holder = property(part, 'image_url')
    addImageUrl(found, { holder, field: 'url' }, property(holder, 'detail'))
  } else if (type === 'file') addFile(found, property(part, 'file'), 'auto')
  else if (type === 'input_audio') addSound(found, { holder: property(part, 'input_audio'), field: 'data' })
  else found.hasUnknown = true
}
