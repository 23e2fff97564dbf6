import { describe, expect, it } from 'vitest'
import { createPromptCache, type Segment } from './prompt-cache.ts'

const part = (content: string, tokens: number, cacheLife?: Segment['cacheLife']): Segment => ({
  content,
  tokens,
  cacheLife,
})
const usage = (inputTokens: number, read: number, write5m: number, write1h: number) => ({
  inputTokens,
  cacheReadTokens: read,
  cacheWrite5mTokens: write5m,
  cacheWrite1hTokens: write1h,
})

function openCache() {
  const clock = { nowMs: 0 }
  return { clock, cache: createPromptCache(() => clock.nowMs) }
}

describe('useMarked', () => {
  it('writes what is marked, then reads it', () => {
    const { cache } = openCache()
    const prompt = [part('system', 1000, '1h'), part('history', 400, '5m'), part('question', 10)]
    expect(cache.useMarked('key', prompt)).toEqual(usage(10, 0, 400, 1000))
    expect(cache.useMarked('key', prompt)).toEqual(usage(10, 1400, 0, 0))
  })

  it('reads the longest equal prefix and writes the rest', () => {
    const { cache } = openCache()
    cache.useMarked('key', [part('system', 1000, '5m'), part('first', 10)])
    expect(cache.useMarked('key', [part('system', 1000), part('first', 10), part('second', 20, '5m')])).toEqual(
      usage(0, 1000, 30, 0),
    )
    expect(cache.useMarked('key', [part('other', 1000, '5m'), part('first', 10)])).toEqual(usage(10, 0, 1000, 0))
  })

  it('reads nothing without a mark, for another key, or too far before the mark', () => {
    const { cache } = openCache()
    cache.useMarked('key', [part('system', 1000, '5m')])
    expect(cache.useMarked('key', [part('system', 1000), part('q', 1)])).toEqual(usage(1001, 0, 0, 0))
    expect(cache.useMarked('other key', [part('system', 1000, '5m')])).toEqual(usage(0, 0, 1000, 0))
    const turns = Array.from({ length: 20 }, (_, index) => part(`turn ${index}`, 1))
    const far = [part('system', 1000), ...turns.slice(0, -1), part('last', 1, '5m')]
    expect(cache.useMarked('key', far).cacheReadTokens).toBe(0)
    expect(
      cache.useMarked('key', [part('system', 1000), ...turns.slice(0, 18), part('last', 1, '5m')]).cacheReadTokens,
    ).toBe(1000)
  })

  it('goes cold after its time, which each reading begins anew', () => {
    const { cache, clock } = openCache()
    const prompt = [part('system', 1000, '5m')]
    cache.useMarked('key', prompt)
    clock.nowMs += 299_000
    expect(cache.useMarked('key', prompt).cacheReadTokens).toBe(1000)
    clock.nowMs += 299_000
    expect(cache.useMarked('key', prompt).cacheReadTokens).toBe(1000)
    clock.nowMs += 300_000
    expect(cache.useMarked('key', prompt)).toEqual(usage(0, 0, 1000, 0))
  })
})

describe('useAutomatic', () => {
  it('reads equal prefixes of 1024 tokens and more, in steps of 128', () => {
    const { cache } = openCache()
    const prompt = [part('system', 1200), part('first', 10)]
    expect(cache.useAutomatic('key', prompt)).toEqual(usage(1210, 0, 0, 0))
    expect(cache.useAutomatic('key', [part('system', 1200), part('second', 20)])).toEqual(usage(68, 1152, 0, 0))
    expect(cache.useAutomatic('key', [part('short', 1000)]).cacheReadTokens).toBe(0)
    expect(cache.useAutomatic('key', [part('short', 1000)]).cacheReadTokens).toBe(0)
  })
})
