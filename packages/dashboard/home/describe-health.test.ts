import { describe, expect, it } from 'vitest'
import { describeHealth } from './describe-health.ts'

describe('describeHealth', () => {
  it.each([
    [{ status: 'ok' }, true, 'Everything works'],
    [{ status: 'draining' }, false, 'Restarting; back in a moment'],
    [{ status: 'unavailable' }, false, 'Not available at the moment. Your credits are safe.'],
    [null, false, 'Not available at the moment. Your credits are safe.'],
    ['<html>', false, 'Not available at the moment. Your credits are safe.'],
  ])('%j', (answer, isGood, words) => expect(describeHealth(answer)).toEqual({ words, isGood }))
})
