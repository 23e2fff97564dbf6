import { inflateSync } from 'node:zlib'

export interface Pdf {
  readonly pages: number
  /** The words that it draws, as far as they stand in plain strings. */
  readonly text: string
}

/** Reads how many pages a PDF has and what stands on them. @returns null where no page can be found */
export function readPdf(bytes: Buffer): Pdf | null {
  if (bytes.indexOf('%PDF-') === -1) return null
  const parts = [bytes.toString('latin1'), ...streamsOf(bytes)]
  const pages = parts.reduce((sum, part) => sum + (part.match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0), 0)
  const told = parts.flatMap((part) =>
    [...part.matchAll(/\/Type\s*\/Pages[^>]*?\/Count\s+(\d+)/g)].map(([, n]) => Number(n)),
  )
  const count = Math.max(pages, ...told)
  if (count === 0) return null
  const words = parts.flatMap((part) =>
    /\bT[jJ]\b/.test(part) ? [...part.matchAll(/\(((?:\\.|[^\\()])*)\)/g)].map(([, word = '']) => word) : [],
  )
  return { pages: count, text: words.join(' ') }
}

/** What stands compressed: pages are objects in streams since PDF 1.5. */
function streamsOf(bytes: Buffer): readonly string[] {
  const streams: string[] = []
  for (let at = bytes.indexOf('stream'); at !== -1; ) {
    const start = at + (bytes[at + 6] === 0x0d ? 8 : 7)
    const end = bytes.indexOf('endstream', start)
    if (end === -1) break
    const isDeflated = bytes.toString('latin1', Math.max(0, at - 400), at).includes('/FlateDecode')
    if (isDeflated) streams.push(inflated(bytes.subarray(start, end)))
    at = bytes.indexOf('stream', end + 'endstream'.length)
  }
  return streams
}

const inflatedBytesMax = 50_000_000

function inflated(bytes: Buffer): string {
  try {
    return inflateSync(bytes, { maxOutputLength: inflatedBytesMax }).toString('latin1')
  } catch {
    return ''
  }
}
