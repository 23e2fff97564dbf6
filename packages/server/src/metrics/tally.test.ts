import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createTally } from './tally.ts'

describe('createTally', () => {
  it('tells every amount once, however often it is scraped, and each subject for itself', async () => {
    const registry = new Registry()
    const told = { name: 'apples_total', help: 'Apples.', labelNames: ['garden', 'colour'] } as const
    const tally = createTally(registry, told, ['red', 'green'])
    const scrape = async () => (await registry.metrics()).split('\n').filter((line) => line.startsWith('apples_total{'))
    tally.add('north', { red: 2, green: 0 })
    tally.add('north', { red: 3, green: 1 })
    tally.add('south', { red: 0, green: 7 })
    const first = [
      'apples_total{garden="north",colour="red"} 5',
      'apples_total{garden="north",colour="green"} 1',
      'apples_total{garden="south",colour="red"} 0',
      'apples_total{garden="south",colour="green"} 7',
    ]
    expect(await scrape()).toEqual(first)
    expect(await scrape()).toEqual(first)
    tally.add('north', { red: 1, green: 0 })
    expect((await scrape())[0]).toBe('apples_total{garden="north",colour="red"} 6')
  })
})
