import { deflateSync } from 'node:zlib'

/** Documents for the tests, written by hand: what matters is in their page trees. */

export const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1 1] >>'

/** A PDF of these objects, the first of which is its catalogue. @param trailer more entries of the trailer. */
export function writePdf(objects: readonly string[], trailer = ''): Buffer {
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const size = objects.length + 1
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${rows.join('')}`
  return Buffer.from(
    `${text}${table}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${text.length}\n%%EOF`,
    'latin1',
  )
}

/** @param kids of the root of the page tree. @param more objects from number 3 on; none: one page. */
export function writeTree(kids: string, more: readonly string[] = [page], count = 1): Buffer {
  return writePdf(['<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Kids ${kids} /Count ${count} >>`, ...more])
}

/** A document of a few kilobytes whose page tree unpacks to this many bytes. */
export function writeBomb(bytes: number): Buffer {
  const packed = deflateSync(
    Buffer.concat([Buffer.from('2 0 << /Type /Pages /Kids [9 0 R] /Count 1 >>'), Buffer.alloc(bytes, ' ')]),
    { level: 9 },
  )
  const catalogue = '%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n'
  const head = `3 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`
  const objects = Buffer.concat([Buffer.from(catalogue + head), packed, Buffer.from('\nendstream\nendobj\n')])
  const rows = [
    [0, 0, 0],
    [1, 9, 0],
    [2, 3, 0],
    [1, catalogue.length, 0],
    [1, objects.length, 0],
  ].map(([kind = 0, where = 0, index = 0]) => {
    const row = Buffer.alloc(6)
    row[0] = kind
    row.writeUInt32BE(where, 1)
    row[5] = index
    return row
  })
  const table = Buffer.concat(rows)
  const tableHead = `4 0 obj\n<< /Type /XRef /Size 5 /W [1 4 1] /Root 1 0 R /Length ${table.length} >>\nstream\n`
  return Buffer.concat([
    objects,
    Buffer.from(tableHead),
    table,
    Buffer.from(`\nendstream\nendobj\nstartxref\n${objects.length}\n%%EOF`),
  ])
}
