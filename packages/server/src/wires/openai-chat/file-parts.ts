import { type BringFiles, type BroughtFile, dataUrl, isItem, mapParts, namedText, pdfName } from '../bring-files.ts'
import type { Item } from '../wire.ts'

/** `{ type: 'file', file: { file_id } }`. */
export const bringFiles: BringFiles = (body, find) =>
  mapParts(body, { field: 'messages', path: '' }, (message, messagePath) =>
    mapParts(message, { field: 'content', path: messagePath }, (part, path) => {
      if (part.type !== 'file' || !isItem(part.file)) return part
      const { file_id: fileId, file_data: data } = part.file
      if (typeof fileId !== 'string' || typeof data === 'string') return part
      const file = find({ fileId, param: `${path}.file.file_id`, as: 'any' })
      return file === null ? part : inline(part, file)
    }),
  )

function inline({ file: _file, ...part }: Item, { filename, mimeType, content }: BroughtFile): Item {
  if (content.kind === 'text') return { ...part, type: 'text', text: namedText(filename, content.text) }
  const url = dataUrl(mimeType, content.data)
  return mimeType.startsWith('image/')
    ? { ...part, type: 'image_url', image_url: { url } }
    : { ...part, type: 'file', file: { file_data: url, filename: pdfName(filename) } }
}
