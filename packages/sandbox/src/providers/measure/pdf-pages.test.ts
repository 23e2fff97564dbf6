import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readPdf } from './pdf-pages.ts'

describe('readPdf', () => {
  it('counts pages in the clear and reads their words', () => {
    const page = '<< /Type /Page /Parent 1 0 R >>'
    const words = 'stream\nBT (Hello) Tj (wor\\)ld) Tj ET\nendstream'
    const pdf = `%PDF-1.4\n<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>\n${page}\n${page}\n<< /Length 9 >>\n${words}`
    expect(readPdf(Buffer.from(pdf))).toEqual({ pages: 2, text: 'Hello wor\\)ld' })
  })

  it('counts pages that stand compressed', () => {
    const inside = deflateSync('<< /Type /Page >> << /Type/Page /Parent 1 0 R >> << /Type /Page >>')
    const pdf = Buffer.concat([
      Buffer.from('%PDF-1.5\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n'),
      inside,
      Buffer.from('\nendstream'),
    ])
    expect(readPdf(pdf)).toEqual({ pages: 3, text: '' })
  })

  it('finds nothing in what is no PDF', () => {
    expect(readPdf(Buffer.from('AAAA', 'base64'))).toBeNull()
    expect(readPdf(Buffer.from('%PDF-1.4 and no more'))).toBeNull()
  })
})
