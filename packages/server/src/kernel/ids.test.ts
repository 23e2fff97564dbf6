import { describe, expect, it } from 'vitest'
import { newId } from './ids.ts'

describe('newId', () => {
  it('has its prefix and 24 characters that cannot be misread', () =>
    expect(newId('req')).toMatch(/^req_[0-9A-HJKMNP-TV-Zabcdefghjkmnp-tv-z]{24}$/))
  it('sorts by its time', async () => {
    const first = newId('req')
    await new Promise((wait) => setTimeout(wait, 5))
    expect([newId('req'), first].sort()[0]).toBe(first)
  })
  it('does not repeat', () => expect(new Set(Array.from({ length: 1000 }, () => newId('usr'))).size).toBe(1000))
})
