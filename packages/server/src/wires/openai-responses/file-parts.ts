import { type BringFiles, type BroughtFile, dataUrl, isItem, mapParts, namedText, pdfName } from '../bring-files.ts'
import type { Item } from '../wire.ts'

/** `{ type: 'input_file' | 'input_image' | 'computer_screenshot', file_id }`, in messages and in what tools have given. */
export const bringFiles: BringFiles = (body, find) => {
  const part = (one: Item, path: string): Item => {
    const as = partKinds.get(one.type)
    const { file_id: fileId } = one
    const isInline = [one.file_data, one.file_url, one.image_url].some((content) => typeof content === 'string')
    if (as === undefined || typeof fileId !== 'string' || isInline) return one
    const file = find({ fileId, param: `${path}.file_id`, as })
    return file === null ? one : inline(one, file)
  }
  return mapParts(body, { field: 'input', path: '' }, (item, path) => {
    const said = mapParts(item, { field: 'content', path }, part)
    const given = mapParts(said, { field: 'output', path }, part)
    if (!isItem(given.output)) return given
    const output = part(given.output, `${path}.output`)
    return output === given.output ? given : { ...given, output }
  })
}

const partKinds: ReadonlyMap<unknown, 'image' | 'any'> = new Map([
  ['input_file', 'any'],
  ['input_image', 'image'],
  ['computer_screenshot', 'image'],
])

function inline({ file_id: _id, ...part }: Item, { filename, mimeType, content }: BroughtFile): Item {
  if (content.kind === 'text') {
    const { detail: _detail, filename: _name, file_data: _data, file_url: _url, ...rest } = part
    return { ...rest, type: 'input_text', text: namedText(filename, content.text) }
  }
  const url = dataUrl(mimeType, content.data)
  if (!mimeType.startsWith('image/'))
    return { ...part, type: 'input_file', file_data: url, filename: pdfName(filename) }
  if (part.type !== 'input_file') return { ...part, image_url: url }
  const { filename: _name, file_data: _data, file_url: _url, ...rest } = part
  return { ...rest, type: 'input_image', image_url: url }
}
