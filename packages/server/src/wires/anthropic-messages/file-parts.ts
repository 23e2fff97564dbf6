import { type BringFiles, type BroughtFile, isItem, type MapPart, mapParts } from '../bring-files.ts'
import type { Item } from '../wire.ts'

/** `{ type: 'document' | 'image', source: { type: 'file', file_id } }`, also within results of tools and within documents. */
export const bringFiles: BringFiles = (body, find) => {
  const block: MapPart = (part, path) => {
    if (part.type === 'tool_result') return mapParts(part, { field: 'content', path }, block)
    if (part.type !== 'image' && part.type !== 'document') return part
    const { source } = part
    if (!isItem(source)) return part
    if (source.type === 'content') {
      const inner = mapParts(source, { field: 'content', path: `${path}.source` }, block)
      return inner === source ? part : { ...part, source: inner }
    }
    const { file_id: fileId } = source
    if (source.type !== 'file' || typeof fileId !== 'string') return part
    const file = find({ fileId, param: `${inDots(path)}.source.file_id`, as: part.type })
    return file === null ? part : inline(part, file)
  }
  return mapParts(body, { field: 'messages', path: '' }, (message, path) =>
    mapParts(message, { field: 'content', path }, block),
  )
}

/** As Anthropic spells a place. */
function inDots(path: string): string {
  return path.replaceAll(/\[(\d+)\]/g, '.$1')
}

function inline(part: Item, { filename, mimeType, content }: BroughtFile): Item {
  const title = part.type === 'document' && typeof part.title !== 'string' ? { title: filename } : {}
  return content.kind === 'text'
    ? { ...part, ...title, source: { type: 'text', media_type: 'text/plain', data: content.text } }
    : { ...part, ...title, source: { type: 'base64', media_type: mimeType, data: content.data } }
}
