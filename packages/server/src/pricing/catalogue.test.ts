import { describe, expect, it } from 'vitest'
import { createCatalogue } from './catalogue.ts'
import { catalogueEntries } from './catalogue-data.ts'
import { noOperatorModels, parseOperatorModels } from './operator-models.ts'

const now = Date.parse('2026-11-20')
const catalogue = createCatalogue(noOperatorModels, now)

describe('createCatalogue', () => {
  it('offers every model of its data: each has a price of its own', () =>
    expect(catalogue.models).toHaveLength(catalogueEntries.length))

  it('has the four buckets of a Claude model, exactly', () =>
    expect(catalogue.find('anthropic/claude-sonnet-4-20250514')?.price.rates).toEqual({
      inputPerMillion: 300_000_000,
      cacheReadPerMillion: 30_000_000,
      cacheWrite5mPerMillion: 375_000_000,
      cacheWrite1hPerMillion: 600_000_000,
      outputPerMillion: 1_500_000_000,
      perThousandWebSearches: 1_000_000_000,
    }))

  it('keeps fractions of a cent exact', () =>
    expect(catalogue.find('openai/gpt-4o-mini')?.price.rates).toMatchObject({
      inputPerMillion: 15_000_000,
      cacheReadPerMillion: 7_500_000,
    }))

  it('keeps the tiers of long inputs', () => {
    const price = catalogue.find('google/gemini-2.5-pro')?.price
    expect(price?.rates.inputPerMillion).toBe(125_000_000)
    expect(price?.tiers).toMatchObject([
      { aboveInputTokens: 200_000, rates: { inputPerMillion: 250_000_000, outputPerMillion: 1_500_000_000 } },
    ])
  })

  it('has what a search reads in the price of the search, where it is billed as a block', () => {
    const perSearch = (id: string) => (catalogue.find(id)?.price.rates.perThousandWebSearches ?? 0) / 1000
    // 8 000 tokens at USD 0.15 and 0.40 a million.
    expect(perSearch('gpt-4o-mini') - perSearch('gpt-4o')).toBe(120_000)
    expect(perSearch('gpt-4.1-mini') - perSearch('gpt-4.1')).toBe(320_000)
  })

  it('takes the price of the day', () => {
    const price = (day: string) =>
      createCatalogue(noOperatorModels, Date.parse(day)).find('google/gemini-3.8-flash')?.price.rates.inputPerMillion
    expect([price('2026-11-20'), price('2027-01-02')]).toEqual([75_000_000, 150_000_000])
  })

  const names: readonly (readonly [string, string | null])[] = [
    ['anthropic/claude-sonnet-4-20250514', 'anthropic/claude-sonnet-4-20250514'],
    ['claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5-20250929'],
    ['anthropic/claude-sonnet-4.5', 'anthropic/claude-sonnet-4-5-20250929'],
    ['claude-opus-4.6', 'anthropic/claude-opus-4-6'],
    ['anthropic/claude-opus-4.6', 'anthropic/claude-opus-4-6'],
    ['claude-opus-latest', 'anthropic/claude-opus-5-5'],
    ['gpt-4o', 'openai/gpt-4o'],
    ['grok-4', 'xai/grok-4-0709'],
    ['claude-sonnet-5-5', null],
    ['claude-haiku-5-5', null],
    ['gpt-4', null],
    ['gpt-4o-2099-01-01', null],
    ['openai/claude-opus-4-6', null],
    ['__proto__', null],
    ['', null],
  ]
  for (const [name, id] of names)
    it(`${name || 'nothing'} is ${id ?? 'no model: a prefix is not enough'}`, () =>
      expect(catalogue.find(name)?.id ?? null).toBe(id))
})

describe('parseOperatorModels', () => {
  const price = { input: '1', output: '2.5' }
  it('adds, changes, aliases and switches off', () => {
    const operator = parseOperatorModels(
      JSON.stringify({
        models: {
          'anthropic/claude-haiku-5-5': { max_tokens: 64000, price },
          'openai/gpt-4o': { price: { input: '3', output: '9' } },
          'xai/grok-3': { disabled: true },
        },
        aliases: { fast: 'claude-haiku-5-5' },
      }),
    )
    const own = createCatalogue(operator, now)
    expect(own.find('fast')).toMatchObject({
      id: 'anthropic/claude-haiku-5-5',
      price: { rates: { inputPerMillion: 100_000_000, cacheWrite5mPerMillion: 125_000_000 } },
    })
    expect(own.find('gpt-4o')?.price.rates.inputPerMillion).toBe(300_000_000)
    expect(own.find('grok-3')).toBeNull()
  })

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'a price that is a float',
      { models: { 'openai/x': { max_tokens: 1, price: { input: 1, output: '1' } } } },
      /models.openai\/x.price.input/,
    ],
    [
      'a price that is no decimal',
      { models: { 'openai/x': { max_tokens: 1, price: { input: '1e-3', output: '1' } } } },
      /decimal of US dollars/,
    ],
    ['an unknown provider', { models: { 'acme/x': {} } }, /models\.acme\/x/],
    ['a misspelt field', { models: { 'openai/x': { maxtokens: 1 } } }, /maxtokens/],
  ]
  for (const [label, file, message] of wrong)
    it(`names ${label}`, () => expect(() => parseOperatorModels(JSON.stringify(file))).toThrow(message))

  it('says what the media of a model come to at most; without a word they are the context window, and that is the largest', () => {
    const media = { image_tokens_max: 1500, pdf_page_tokens_max: 2500, audio_tokens_per_second: 10 }
    const operator = parseOperatorModels(
      JSON.stringify({
        models: {
          'openai/gpt-5.6': { max_tokens: 128_000, context_window: 1_050_000, price, ...media },
          'openai/gpt-7': { max_tokens: 128_000, price },
          'openai/gpt-4o': { image_tokens_max: 9 },
        },
      }),
    )
    const own = createCatalogue(operator, now)
    expect(own.find('gpt-5.6')?.ceilings).toMatchObject({
      image: { by: 'image', tokensMax: 1500 },
      pdfPageTextTokens: 0,
      pdfPageImageTokens: 2500,
      audioTokensPerSecond: 10,
    })
    expect(own.find('gpt-7')).toMatchObject({
      contextWindow: 1_050_000,
      ceilings: { image: null, pdfPageTextTokens: null },
    })
    expect(own.find('gpt-4o')?.ceilings.image).toEqual({ by: 'image', tokensMax: 9 })
  })

  it('refuses a new model without a price, and an alias of nothing', () => {
    expect(() => createCatalogue(parseOperatorModels('{"models":{"openai/new":{"max_tokens":1}}}'), now)).toThrow(
      /needs a price/,
    )
    expect(() => createCatalogue(parseOperatorModels('{"aliases":{"a":"nothing"}}'), now)).toThrow(/no model nothing/)
  })
})
