import { describe, expect, it } from 'vitest'
import { batchCatalogueOf } from './batch-catalogue.ts'
import { createCatalogue } from './catalogue.ts'
import { noOperatorModels, parseOperatorModels } from './operator-models.ts'
import { quoteCost } from './quote.ts'
import { noUsage } from './usage.ts'

const now = Date.parse('2026-11-20')
const catalogue = createCatalogue(noOperatorModels, now)
const batches = batchCatalogueOf(catalogue)
const priceOf = (id: string) => batches.find(id)?.price

describe('the price of a model in batches', () => {
  it('is half of every token of a Claude model, cached or not, and the whole of its searches', () =>
    expect(priceOf('claude-sonnet-4')?.rates).toEqual({
      inputPerMillion: 150_000_000,
      cacheReadPerMillion: 15_000_000,
      cacheWrite5mPerMillion: 187_500_000,
      cacheWrite1hPerMillion: 300_000_000,
      outputPerMillion: 750_000_000,
      perThousandWebSearches: 1_000_000_000,
    }))

  it('is half in the tiers of long prompts, too', () => {
    const whole = catalogue.find('gpt-5.4')?.price
    expect(whole?.tiers.length).toBeGreaterThan(0)
    expect(priceOf('gpt-5.4')?.tiers.map(({ rates }) => rates.inputPerMillion * 2)).toEqual(
      whole?.tiers.map(({ rates }) => rates.inputPerMillion),
    )
  })

  it('has cached tokens at the price of other input where the provider names none for them', () => {
    const rates = priceOf('gpt-4o')?.rates
    expect(rates?.cacheReadPerMillion).toBe(rates?.inputPerMillion)
  })

  it('is what a usage is quoted by', () => {
    const price = priceOf('claude-opus-5-5')
    const usage = { ...noUsage, inputTokens: 1001, cacheReadTokens: 5000, outputTokens: 300, webSearches: 2 }
    const whole = quoteCost({ ...usage, webSearches: 0 }, catalogue.find('claude-opus-5-5')?.price ?? never())
    expect(quoteCost(usage, price ?? never())).toBe(whole / 2 + 2_000_000)
  })

  it('is there for every model of Anthropic and every language model of OpenAI, and for nobody else', () =>
    expect(catalogue.models.filter(({ id }) => batches.find(id) === null).map(({ id }) => id)).toEqual(
      catalogue.models
        .filter(({ provider, kind }) => kind === 'embedding' || !['anthropic', 'openai'].includes(provider))
        .map(({ id }) => id),
    ))

  it('is not guessed for a price of the operator’s own, who may name one', () => {
    const price = { input: '1', output: '2' }
    const models = (extra: object) =>
      JSON.stringify({ models: { 'anthropic/claude-opus-5': { price, ...extra } }, aliases: {} })
    const find = (extra: object) =>
      batchCatalogueOf(createCatalogue(parseOperatorModels(models(extra)), now)).find('claude-opus-5')
    expect(find({})).toBeNull()
    expect(find({ batch_price: { input: '0.6', output: '1.2' } })?.price.rates).toMatchObject({
      inputPerMillion: 60_000_000,
      cacheWrite1hPerMillion: 120_000_000,
    })
  })
})

function never(): never {
  throw new Error('there is a price')
}
