import type { ImageDetail } from '../../pricing/image-tokens.ts'
import type { UpstreamBody } from '../wire.ts'

/** The parts of an upstream body whose cost is not that of their letters. */
export interface PromptParts {
  readonly images: readonly ImageInPrompt[]
  readonly pdfs: readonly PdfInPrompt[]
  readonly sounds: readonly SoundInPrompt[]
  /** Where they lie: the objects, and the names of the fields that hold them. */
  readonly mediaPlaces: ReadonlyMap<object, string>
  /** Characters of media in the body: all others are text. */
  readonly mediaCharacters: number
  /** Whether something is read of which nobody knows the length: a document by its URL, a part of an unknown kind. */
  readonly hasUnknown: boolean
  readonly hasTools: boolean
  /** What the provider's own tools add. */
  readonly typedToolTokens: number
  /** The longest life of a cache entry that the request may write. */
  readonly cacheWrite: CacheWrite
  /** Searches of the web that are billed by themselves. */
  readonly webSearchesMax: number
  /** How often the model may read the prompt again, after tools that its provider runs. */
  readonly rereadsMax: number
}

export type CacheWrite = 'none' | '5m' | '1h'

export interface ImageInPrompt {
  /** Base64; null where it is named by a URL. */
  readonly data: string | null
  readonly detail: ImageDetail
}

export interface PdfInPrompt {
  /** Base64. */
  readonly data: string
  /** Of the images of its pages. */
  readonly detail: ImageDetail
}

export interface SoundInPrompt {
  /** Base64. */
  readonly data: string
}

/** What a reader of one format adds to. */
export interface FoundParts {
  readonly images: ImageInPrompt[]
  readonly pdfs: PdfInPrompt[]
  readonly sounds: SoundInPrompt[]
  readonly mediaPlaces: Map<object, string>
  mediaCharacters: number
  hasUnknown: boolean
  hasTools: boolean
  typedToolTokens: number
  cacheWrite: CacheWrite
  webSearchesMax: number
  rereadsMax: number
}

export type PartsReader = (body: UpstreamBody, found: FoundParts) => void

/** A field that may hold media. */
export interface MediaPlace {
  readonly holder: unknown
  readonly field: string
}

/** An image in base64, or null for one that is named by a URL. */
export function addImage(found: FoundParts, place: MediaPlace, image: { data: string | null; detail: unknown }): void {
  found.images.push({ data: image.data, detail: detailOf(image.detail) })
  if (image.data !== null) noteMedia(found, place, image.data)
}

export function addPdf(found: FoundParts, place: MediaPlace, pdf: { data: string; detail: unknown }): void {
  found.pdfs.push({ data: pdf.data, detail: detailOf(pdf.detail) })
  noteMedia(found, place, pdf.data)
}

export function addSound(found: FoundParts, place: MediaPlace): void {
  const data = property(place.holder, place.field)
  if (typeof data !== 'string') found.hasUnknown = true
  else {
    found.sounds.push({ data })
    noteMedia(found, place, data)
  }
}

function noteMedia(found: FoundParts, { holder, field }: MediaPlace, data: string): void {
  if (typeof holder === 'object' && holder !== null) found.mediaPlaces.set(holder, field)
  found.mediaCharacters += data.length
}

/** What an image's URL says: the image itself where it is a `data:` URL, an address otherwise. */
export function addImageUrl(found: FoundParts, place: MediaPlace, detail: unknown): void {
  const url = property(place.holder, place.field)
  if (typeof url !== 'string') found.hasUnknown = true
  else if (!url.startsWith('data:')) addImage(found, place, { data: null, detail })
  else {
    const inline = inlineOf(url)
    if (inline?.mediaType === 'application/pdf') addPdf(found, place, { data: inline.data, detail })
    // A family that takes sound or video here would count it by its length.
    else if (inline === null || !inline.mediaType.startsWith('image/')) found.hasUnknown = true
    else addImage(found, place, { data: inline.data, detail })
  }
}

/** A file that OpenAI's formats carry. Anything but a PDF may be unpacked to any length. */
export function addFile(found: FoundParts, holder: unknown, detail: unknown): void {
  const [file, name] = [property(holder, 'file_data'), property(holder, 'filename')]
  const isNamedPdf = typeof name !== 'string' || name.toLowerCase().endsWith('.pdf')
  const data = typeof file !== 'string' ? null : file.startsWith('data:') ? pdfOfUrl(file) : file
  if (data === null || !isNamedPdf || !data.startsWith(pdfInBase64)) found.hasUnknown = true
  else addPdf(found, { holder, field: 'file_data' }, { data, detail })
}

/** A provider may go by the type that the URL names, whatever the bytes are. */
function pdfOfUrl(url: string): string | null {
  const inline = inlineOf(url)
  return inline?.mediaType === 'application/pdf' ? inline.data : null
}

/** `%PDF-` */
const pdfInBase64 = 'JVBERi0'

const dataUrlHeaderMax = 200

/** The parts of a `data:` URL. @returns null for one that is not in base64. */
function inlineOf(url: string): { readonly mediaType: string; readonly data: string } | null {
  const header = url.slice('data:'.length, dataUrlHeaderMax)
  const end = header.indexOf(',')
  if (end === -1 || !header.slice(0, end).endsWith(';base64')) return null
  return { mediaType: header.split(';', 1)[0] ?? '', data: url.slice('data:'.length + end + 1) }
}

function detailOf(value: unknown): ImageDetail {
  return value === 'low' || value === 'high' || value === 'original' ? value : 'auto'
}

/** A mark at which the prompt so far is written to the provider's cache. */
export function noteCacheMark(found: FoundParts, marked: object): void {
  const mark = property(marked, 'cache_control')
  if (typeof mark !== 'object' || mark === null) return
  if (property(mark, 'ttl') === '1h') found.cacheWrite = '1h'
  else if (found.cacheWrite === 'none') found.cacheWrite = '5m'
}

export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
