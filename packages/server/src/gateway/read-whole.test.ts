import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { AnswerTooLong, readWhole } from './read-whole.ts'

const parts = [Buffer.from('an '), Buffer.from('answer')]

describe('readWhole', () => {
  it('gives all bytes of a stream that ends', async () => {
    expect(String(await readWhole(Readable.from(parts), 9))).toBe('an answer')
    expect(String(await readWhole(Readable.from([]), 9))).toBe('')
  })

  it('gives null for one that is too long, and stops it', async () => {
    const body = Readable.from(parts)
    const reasons: Error[] = []
    expect(await readWhole(body, 8, (reason) => reasons.push(reason))).toBeNull()
    expect(body.destroyed).toBe(true)
    expect(reasons).toEqual([new AnswerTooLong()])
  })

  it.each([
    ['breaks off with an error', (body: PassThrough) => body.destroy(new Error('gone'))],
    ['is closed without an end', (body: PassThrough) => body.destroy()],
  ])('gives null for one that %s', async (_label, breakOff) => {
    const body = new PassThrough()
    body.write('an ')
    const read = readWhole(body, 9)
    setImmediate(() => breakOff(body))
    expect(await read).toBeNull()
  })

  it('gives null for one that had broken before', async () => {
    const body = new PassThrough()
    body.on('error', () => {}).destroy(new Error('gone'))
    await new Promise((wait) => setImmediate(wait))
    expect(await readWhole(body, 9)).toBeNull()
  })
})
