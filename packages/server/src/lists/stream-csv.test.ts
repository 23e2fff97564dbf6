import { describe, expect, it } from 'vitest'
import { formatCsv } from './stream-csv.ts'

describe('formatCsv', () => {
  it.each([
    ['a plain text', 'Acme Notes', 'Acme Notes'],
    ['a comma', 'a,b', '"a,b"'],
    ['a quote', 'say "hi"', '"say ""hi"""'],
    ['lines', 'a\r\nb', '"a\r\nb"'],
    ['a formula', '=1+1', "'=1+1"],
    ['a formula with a quote', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['a plus', '+41 44', "'+41 44"],
    ['a minus in a text', '-1', "'-1"],
    ['an at', '@SUM(A1)', "'@SUM(A1)"],
    ['a tab', '\t=1', "'\t=1"],
    ['a carriage return', '\r=1', `"'\r=1"`],
    ['a negative number', -0.000001, '-0.000001'],
    ['a small number', 0.00000123, '0.00000123'],
    ['nothing', null, ''],
    ['zero', 0, '0'],
  ])('writes %s', (_label, cell, expected) => expect(formatCsv([[cell, 'x']], false)).toBe(`${expected},x\r\n`))

  it('begins with a byte order mark, and only begins with it', () => {
    expect(formatCsv([['a']], true)).toBe('\ufeffa\r\n')
    expect(formatCsv([['a']], false)).toBe('a\r\n')
  })
})
