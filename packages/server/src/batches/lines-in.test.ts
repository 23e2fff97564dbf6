import { describe, expect, it } from 'vitest'
import { linesIn } from './lines-in.ts'

const read = (text: string) => [...linesIn(Buffer.from(text))].map((line) => [line.number, line.text.toString()])

describe('linesIn', () => {
  it('numbers lines as an editor does, and leaves out the blank ones', () => {
    expect(read('{"a":1}\n{"b":2}')).toEqual([
      [1, '{"a":1}'],
      [2, '{"b":2}'],
    ])
    expect(read('\r\n \t\n  {"a":1}\r\n\n{"b":2}\n\n')).toEqual([
      [3, '{"a":1}\r'],
      [5, '{"b":2}'],
    ])
    for (const text of ['', '\n', ' \n\t\r\n ']) expect(read(text)).toEqual([])
  })

  it('passes millions of blank lines in a moment: nobody else has a turn meanwhile', () => {
    const bytes = Buffer.alloc(32 * 1024 * 1024, '\n')
    const startedAtMs = performance.now()
    expect([...linesIn(bytes)]).toEqual([])
    // Each line with a text of its own took more than two seconds.
    expect(performance.now() - startedAtMs).toBeLessThan(1_000)
  })
})
