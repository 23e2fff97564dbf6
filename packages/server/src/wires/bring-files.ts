import type { Item } from './wire.ts'

/** A file that a request names by its id, in the place of its content. */
export interface FileReference {
  readonly fileId: string
  /** Where the id stands: `messages[0].content[1].source.file_id`. */
  readonly param: string
  /** What the part that names it can be. */
  readonly as: 'image' | 'document' | 'any'
}

/** A file's content, as a request would have brought it. */
export interface BroughtFile {
  readonly filename: string
  readonly mimeType: string
  readonly content:
    | { readonly kind: 'base64'; readonly data: string }
    | { readonly kind: 'text'; readonly text: string }
}

/**
 * Puts the content of files in the place of their ids, as one writes it inline in this format: from then on nothing has to
 * know that there was an id. One that stands where files are not known stays, and is refused like every unknown field.
 * @param find asked for each reference in order; null leaves it as it is.
 */
export type BringFiles = (body: Item, find: (reference: FileReference) => BroughtFile | null) => Item

/** @param path of the part in the body. @returns the same part, or another in its place. */
export type MapPart = (part: Item, path: string) => Item

/** The same item where none of its parts changes. What is no list of objects is for others to judge. */
export function mapParts(
  item: Item,
  { field, path }: { readonly field: string; readonly path: string },
  map: MapPart,
): Item {
  const parts = item[field]
  if (!Array.isArray(parts)) return item
  const place = path === '' ? field : `${path}.${field}`
  let isChanged = false
  const mapped = parts.map((part: unknown, index) => {
    if (!isItem(part)) return part
    const other = map(part, `${place}[${index}]`)
    isChanged ||= other !== part
    return other
  })
  return isChanged ? { ...item, [field]: mapped } : item
}

export function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function dataUrl(mimeType: string, data: string): string {
  return `data:${mimeType};base64,${data}`
}

/** A file of text where a format has no part for one: with its name, which may say what it is. */
export function namedText(filename: string, text: string): string {
  return `File ${JSON.stringify(filename)}:\n\n${text}`
}

/** A provider takes a document for what its name ends in. */
export function pdfName(filename: string): string {
  return filename.toLowerCase().endsWith('.pdf') ? filename : `${filename}.pdf`
}
