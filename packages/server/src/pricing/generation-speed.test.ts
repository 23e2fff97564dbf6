import { describe, expect, it } from 'vitest'
import { createGenerationSpeeds } from './generation-speed.ts'

const sonnet = { id: 'anthropic/claude-sonnet-4-6', provider: 'anthropic', upstreamId: 'claude-sonnet-4-6' } as const
const unknown = { id: 'openai/gpt-9', provider: 'openai', upstreamId: 'gpt-9' } as const

describe('createGenerationSpeeds', () => {
  it('a known model: its default and a quarter more; an unknown one: 400', () => {
    const speeds = createGenerationSpeeds()
    expect(speeds.topTokensPerSecond(sonnet)).toBe(105 * 1.25)
    expect(speeds.typicalTokensPerSecond(sonnet)).toBe(71)
    expect(speeds.topTokensPerSecond(unknown)).toBe(400)
  })

  it('a call that was faster raises the top, a slower one does not lower it', () => {
    const speeds = createGenerationSpeeds()
    speeds.note(sonnet, { outputTokens: 4000, elapsedMs: 20_000 })
    expect(speeds.topTokensPerSecond(sonnet)).toBe(200 * 1.25)
    speeds.note(sonnet, { outputTokens: 400, elapsedMs: 20_000 })
    expect(speeds.topTokensPerSecond(sonnet)).toBe(200 * 1.25)
    expect(speeds.topTokensPerSecond(unknown)).toBe(400)
  })

  it('what is typical follows the calls slowly', () => {
    const speeds = createGenerationSpeeds()
    speeds.note(sonnet, { outputTokens: 4000, elapsedMs: 20_000 })
    expect(speeds.typicalTokensPerSecond(sonnet)).toBeCloseTo(71 + (200 - 71) / 16)
    for (let calls = 0; calls < 200; calls += 1) speeds.note(sonnet, { outputTokens: 1800, elapsedMs: 20_000 })
    expect(speeds.typicalTokensPerSecond(sonnet)).toBeCloseTo(90, 0)
  })

  it('short answers, whose first word is most of their time, do not lower what is typical; nothing lowers it by more than half', () => {
    const speeds = createGenerationSpeeds()
    for (let calls = 0; calls < 200; calls += 1) speeds.note(sonnet, { outputTokens: 300, elapsedMs: 30_000 })
    expect(speeds.typicalTokensPerSecond(sonnet)).toBe(71)
    for (let calls = 0; calls < 200; calls += 1) speeds.note(sonnet, { outputTokens: 1100, elapsedMs: 110_000 })
    expect(speeds.typicalTokensPerSecond(sonnet)).toBe(35.5)
  })

  it.each([
    ['too few tokens', { outputTokens: 255, elapsedMs: 1000 }],
    ['too short a time', { outputTokens: 5000, elapsedMs: 499 }],
  ])('%s show nothing', (_label, call) => {
    const speeds = createGenerationSpeeds()
    speeds.note(sonnet, call)
    expect(speeds.topTokensPerSecond(sonnet)).toBe(105 * 1.25)
  })

  it('an absurd speed is believed as far as 1 000 a second', () => {
    const speeds = createGenerationSpeeds()
    speeds.note(sonnet, { outputTokens: 60_000, elapsedMs: 600 })
    expect(speeds.topTokensPerSecond(sonnet)).toBe(1250)
  })
})
