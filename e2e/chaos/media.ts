import type { SeededRandom } from './seeded-random.ts'

/** A picture or a document in a prompt, with its bytes or by its address. */
export interface MediaPlan {
  readonly kind: 'image' | 'pdf'
  readonly base64: string | null
  /** The prompt is written to Anthropic's cache up to it. */
  readonly cacheTtl: '5m' | '1h' | null
}

const address = 'https://example.com/chaos'

export function planMedia(random: SeededRandom): MediaPlan {
  const kind = random.pick(['image', 'pdf'] as const)
  const cacheTtl = random.pick([null, null, '5m', '1h'] as const)
  if (random.chance(0.35)) return { kind, base64: null, cacheTtl }
  const base64 = kind === 'image' ? png(random.int(1, 6000), random.int(1, 6000)) : pdf(random.int(1, 30))
  return { kind, base64, cacheTtl }
}

/** As a part of an OpenAI or an Anthropic message; OpenAI takes a document by its bytes only. */
export function mediaPart({ kind, base64, cacheTtl }: MediaPlan, dialect: 'openai' | 'anthropic'): object {
  const type = kind === 'image' ? 'image/png' : 'application/pdf'
  if (dialect === 'anthropic') {
    const source = base64 === null ? { type: 'url', url: address } : { type: 'base64', media_type: type, data: base64 }
    const mark = cacheTtl === null ? {} : { cache_control: { type: 'ephemeral', ttl: cacheTtl } }
    return { type: kind === 'image' ? 'image' : 'document', source, ...mark }
  }
  const url = base64 === null ? address : `data:${type};base64,${base64}`
  return kind === 'image' || base64 === null
    ? { type: 'image_url', image_url: { url } }
    : { type: 'file', file: { filename: 'chaos.pdf', file_data: url } }
}

/** So many pixels, as far as a header goes: nobody looks further. */
function png(width: number, height: number): string {
  const bytes = Buffer.alloc(64)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes.toString('base64')
}

/** A whole PDF of empty pages. */
function pdf(pages: number): string {
  const numbers = Array.from({ length: pages }, (_, index) => index + 3)
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${numbers.map((number) => `${number} 0 R`).join(' ')}] /Count ${pages} >>`,
    ...numbers.map(() => '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>'),
  ]
  let text = '%PDF-1.4\n'
  const places = objects.map((object, index) => {
    const place = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return `${String(place).padStart(10, '0')} 00000 n \n`
  })
  const start = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(text).toString('base64')
}
