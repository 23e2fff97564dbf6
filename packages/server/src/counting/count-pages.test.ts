import { describe, expect, it } from 'vitest'
import { countPages } from './count-pages.ts'
import { page, writePdf, writeTree } from './test-pdfs.ts'

const catalogue = '<< /Type /Catalog /Pages 2 0 R >>'
const refs = (first: number, count: number) => Array.from({ length: count }, (_, index) => `${first + index} 0 R`)
/** Each node has the next one twice. */
const doubling = (depth: number) =>
  Array.from({ length: depth }, (_, index) => `<< /Type /Pages /Kids [${index + 4} 0 R ${index + 4} 0 R] /Count 1 >>`)

describe('countPages', () => {
  const cases: readonly (readonly [string, Uint8Array, number | null])[] = [
    ['one page', writeTree('[3 0 R]'), 1],
    ['a hundred pages', writeTree(`[${refs(3, 100).join(' ')}]`, Array(100).fill(page), 100), 100],
    ['a count that is too low', writeTree(`[${refs(3, 100).join(' ')}]`, Array(100).fill(page), 1), 100],
    ['a count that is too high', writeTree('[3 0 R]', [page], 70), 70],
    ['a page that is in the tree three times', writeTree('[3 0 R 3 0 R 3 0 R]'), 3],
    ['a list of pages that is an object of its own', writeTree('4 0 R', [page, '[3 0 R 3 0 R]']), 2],
    ['a nested tree', writeTree('[3 0 R 3 0 R]', [...doubling(3), page]), 16],
    ['a page without a type', writeTree('[3 0 R 3 0 R]', ['<< /MediaBox [0 0 1 1] >>']), 2],
    ['a tree that doubles forty times', writeTree('[3 0 R 3 0 R]', [...doubling(40), page]), null],
    ['a tree that contains itself', writeTree('[2 0 R]'), null],
    ['a count beyond all bounds', writeTree('[3 0 R]', [page], 999_999_999), null],
    [
      'an encrypted document',
      writePdf(
        [
          catalogue,
          '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
          page,
          '<< /Filter /Standard /V 1 /R 2 /O <00> /U <00> /P -4 >>',
        ],
        '/Encrypt 4 0 R /ID [<00> <00>]',
      ),
      null,
    ],
    ['a document whose table of objects is missing', writeTree('[3 0 R]').subarray(0, 200), null],
    ['no catalogue', writePdf(['<< >>']), null],
    ['lists without end', writeTree('['.repeat(1_000_000)), null],
    ['something else', Buffer.from('GIF89a'), null],
    ['nothing', Buffer.alloc(0), null],
  ]
  it.each(cases)('%s', async (_label, bytes, pages) => expect(await countPages(bytes)).toBe(pages))
})
