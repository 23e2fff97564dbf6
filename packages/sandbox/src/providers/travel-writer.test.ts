import { describe, expect, it } from 'vitest'
import { joinPieces, sumTokens, toPieces } from './tokens.ts'
import { joinIntoChunks, writeAboutTravel } from './travel-writer.ts'

describe('writeAboutTravel', () => {
  it('plans every day of a trip, with the wish in it', () => {
    const plan = writeAboutTravel('Plan 7 days in Lisbon. Wishes: no museums.') ?? ''
    expect(plan.match(/### Day \d/g)).toHaveLength(7)
    expect(plan).toContain('You asked for: no museums.')
  })

  it('plans by the hour, which makes a month long enough to use credits up', () => {
    const plan = toPieces(writeAboutTravel('Plan 30 days in Reykjavik, hour by hour.') ?? '')
    expect(sumTokens(plan)).toBeGreaterThan(5000)
  })

  it('writes postcards', () =>
    expect(writeAboutTravel('Write a postcard from Kyoto. Wishes: I fed the deer.')).toContain(
      'as promised: I fed the deer.',
    ))

  it('leaves other questions alone', () => expect(writeAboutTravel('Why is the sky blue?')).toBeNull())
})

describe('joinIntoChunks', () => {
  it('keeps every word and every token', () => {
    const pieces = toPieces('one two three four five six seven')
    const chunks = joinIntoChunks(pieces, 3)
    expect(chunks.length).toBeLessThanOrEqual(3)
    expect(joinPieces(chunks)).toBe(joinPieces(pieces))
    expect(sumTokens(chunks)).toBe(sumTokens(pieces))
  })
})
