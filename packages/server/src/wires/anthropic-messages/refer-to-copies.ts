import { isItem, type MapPart, mapParts } from '../bring-files.ts'
import type { Item } from '../wire.ts'

/**
 * Puts the ids of copies at Anthropic in the place of content, in a body that goes there.
 * @param find for content in base64, the copy's id; null where it goes inline.
 */
export function referToCopies(body: Item, find: (data: string) => string | null): Item {
  const block: MapPart = (part, path) => {
    if (part.type === 'tool_result') return mapParts(part, { field: 'content', path }, block)
    const { source } = part
    if (!isItem(source)) return part
    if (source.type === 'content') {
      const inner = mapParts(source, { field: 'content', path }, block)
      return inner === source ? part : { ...part, source: inner }
    }
    const fileId = source.type === 'base64' && typeof source.data === 'string' ? find(source.data) : null
    return fileId === null ? part : { ...part, source: { type: 'file', file_id: fileId } }
  }
  return mapParts(body, { field: 'messages', path: '' }, (message, path) =>
    mapParts(message, { field: 'content', path }, block),
  )
}

/** Until it was for everybody, Anthropic knew ids of files only where this stood in `anthropic-beta`. */
export const filesBeta = 'files-api-2025-04-14'

export function withFilesBeta(headers: Readonly<Record<string, string>>): Record<string, string> {
  const named = headers['anthropic-beta']
  if (named?.split(',').includes(filesBeta) === true) return { ...headers }
  return { ...headers, 'anthropic-beta': named === undefined ? filesBeta : `${named},${filesBeta}` }
}
