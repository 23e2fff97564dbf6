import { describe, expect, it } from 'vitest'
import { dayMs, fixedClock, hourMs } from '../kernel/clock.ts'
import { createLiveCatalogue } from './live-catalogue.ts'
import { noOperatorModels, type OperatorModels, parseOperatorModels } from './operator-models.ts'

/** The library has a price of this model that begins with the year 2027. */
const dated = 'google/gemini-3.8-flash'
const newYearMs = Date.parse('2027-01-01')

interface Line {
  readonly level: 'info' | 'error'
  readonly about: unknown
}

function catalogueAt(startMs: number, read: () => OperatorModels = () => noOperatorModels) {
  const clock = fixedClock(startMs)
  const lines: Line[] = []
  const log = (level: Line['level']) => (about: unknown) => void lines.push({ level, about })
  const logger = { info: log('info'), error: log('error') }
  return { clock, lines, catalogue: createLiveCatalogue({ clock, logger, readOperatorModels: read }) }
}

describe('createLiveCatalogue', () => {
  it('takes a dated price at its date, while a call keeps the model that it was admitted with', () => {
    const { clock, catalogue, lines } = catalogueAt(newYearMs - hourMs)
    const admitted = catalogue.find(dated)
    expect(catalogue.untilDueMs()).toBe(hourMs)
    clock.advance(hourMs - 1)
    catalogue.reevaluate()
    expect(catalogue.find(dated)).toEqual(admitted)
    expect(lines).toEqual([])
    clock.advance(1)
    catalogue.reevaluate()
    expect(catalogue.find(dated)?.price.rates.inputPerMillion).toBe(150_000_000)
    expect(catalogue.models.find(({ id }) => id === dated)?.price.rates.inputPerMillion).toBe(150_000_000)
    expect(admitted?.price.rates.inputPerMillion).toBe(75_000_000)
    expect(lines).toEqual([{ level: 'info', about: { changes: expect.arrayContaining([`${dated}: price`]) } }])
  })

  it('is due after a day at the latest, and after any date that has passed', () => {
    expect(catalogueAt(newYearMs - 3 * dayMs).catalogue.untilDueMs()).toBe(dayMs)
    expect(catalogueAt(newYearMs).catalogue.untilDueMs()).toBe(dayMs)
    expect(catalogueAt(newYearMs - 1).catalogue.untilDueMs()).toBe(1)
  })

  it('reads MODELS_FILE again, and logs what has changed', () => {
    let file = '{}'
    const { clock, catalogue, lines } = catalogueAt(newYearMs, () => parseOperatorModels(file))
    const price = { input: '1', output: '2' }
    file = JSON.stringify({
      models: {
        'openai/gpt-4o': { price },
        'openai/mine': { max_tokens: 10, price },
        'xai/grok-3': { disabled: true },
      },
    })
    expect(catalogue.find('mine')).toBeNull()
    clock.advance(dayMs)
    catalogue.reevaluate()
    expect(catalogue.find('gpt-4o')?.price.rates.inputPerMillion).toBe(100_000_000)
    expect(catalogue.find('grok-3')).toBeNull()
    expect(catalogue.find('mine')?.createdAtMs).toBe(newYearMs)
    expect(lines).toEqual([
      {
        level: 'info',
        about: { changes: ['openai/gpt-4o: price', 'openai/mine: new', 'xai/grok-3: gone'] },
      },
    ])
    clock.advance(dayMs)
    catalogue.reevaluate()
    expect(lines).toHaveLength(1)
    expect(catalogue.find('mine')?.createdAtMs).toBe(newYearMs)
  })

  it.each([
    ['is no JSON', '{', /JSON/],
    [
      'has a price that is none',
      '{"models":{"openai/gpt-4o":{"price":{"input":"free","output":"1"}}}}',
      /MODELS_FILE.*free/,
    ],
    ['has an alias of nothing', '{"aliases":{"a":"nothing"}}', /no model nothing/],
  ])('keeps all as it was, and says so, when the file %s', (_label, broken, reason) => {
    let file = '{"models":{"openai/gpt-4o":{"price":{"input":"1","output":"2"}}}}'
    const { catalogue, lines } = catalogueAt(newYearMs, () => parseOperatorModels(file))
    const before = catalogue.find('gpt-4o')
    file = broken
    catalogue.reevaluate()
    expect(catalogue.find('gpt-4o')).toBe(before)
    expect(lines).toEqual([{ level: 'error', about: { reason: expect.stringMatching(reason) } }])
  })

  it('does not begin with a file that cannot be used', () =>
    expect(() => catalogueAt(newYearMs, () => parseOperatorModels('{"models":{"x":{}}}'))).toThrow('MODELS_FILE'))
})
