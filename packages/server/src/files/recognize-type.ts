import { isUtf8 } from 'node:buffer'
import { AppError } from '../kernel/app-error.ts'

/** What may be kept: what models read. */
const signatures: readonly { readonly mimeType: string; isOf(bytes: Buffer): boolean }[] = [
  { mimeType: 'image/png', isOf: (bytes) => startsWith(bytes, '\x89PNG\r\n\x1a\n') },
  { mimeType: 'image/jpeg', isOf: (bytes) => startsWith(bytes, '\xff\xd8\xff') },
  { mimeType: 'image/gif', isOf: (bytes) => startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a') },
  { mimeType: 'image/webp', isOf: (bytes) => startsWith(bytes, 'RIFF') && startsWith(bytes.subarray(8), 'WEBP') },
  { mimeType: 'application/pdf', isOf: (bytes) => startsWith(bytes, '%PDF-') },
]

/** Texts all look alike: these are told apart by their names. */
const textTypes: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/jsonl',
}

/**
 * The type of a file by its content; what the client says it is counts for nothing.
 * @throws AppError 415 for anything but an image, a PDF or text in UTF-8.
 */
export function recognizeType(bytes: Buffer, filename: string): string {
  const known = signatures.find(({ isOf }) => isOf(bytes))
  if (known !== undefined) return known.mimeType
  if (!isText(bytes)) throw unsupported()
  const extension = /\.([a-z]+)$/i.exec(filename)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(textTypes, extension) ? (textTypes[extension] ?? 'text/plain') : 'text/plain'
}

export function isTextType(mimeType: string): boolean {
  return mimeType.startsWith('text/') || mimeType === 'application/json' || mimeType === 'application/jsonl'
}

/** No text has a zero byte, though UTF-8 could write it. */
function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0)
}

/** @param text each character stands for the byte of its code. */
function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.subarray(0, text.length).equals(Buffer.from(text, 'latin1'))
}

function unsupported(): AppError {
  return new AppError(
    'unsupported_media_type',
    'file: its content is of no supported type. Send a PNG, JPEG, GIF or WebP image, a PDF, or text in UTF-8 (plain, Markdown, CSV, JSON, JSONL).',
    { param: 'file' },
  )
}
