import { describe, expect, it } from 'vitest'
import { worldNowMs } from './world-clock.ts'

describe('worldNowMs', () => {
  it.each([
    ['the test world’s time is ahead', { livemode: false, clockAheadMs: 50 }, 1_050],
    ['a test clock that was never advanced', { livemode: false }, 1_000],
    ['the live world never heeds a test clock', { livemode: true, clockAheadMs: 50 }, 1_000],
  ])('%s', (_case, of, expected) => expect(worldNowMs(1_000, of)).toBe(expected))
})
