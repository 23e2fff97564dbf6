import { describe, expect, it } from 'vitest'
import { mostUsed } from './default-model.ts'

const offered = [
  { id: 'openai/big', credits_per_request: 30 },
  { id: 'openai/small', credits_per_request: 0.5 },
  { id: 'anthropic/middle', credits_per_request: 4 },
]

describe('mostUsed', () => {
  const cases: readonly (readonly [string, readonly (readonly [string, number])[], string])[] = [
    ['the cheapest where nothing was used yet', [], 'openai/small'],
    [
      'the one that was used most, though it is dear',
      [
        ['openai/big', 5],
        ['openai/small', 4],
      ],
      'openai/big',
    ],
    [
      'the cheaper of two that were used alike',
      [
        ['openai/big', 5],
        ['anthropic/middle', 5],
      ],
      'anthropic/middle',
    ],
    [
      'none that is not on offer any longer',
      [
        ['openai/gone', 500],
        ['openai/big', 1],
      ],
      'openai/big',
    ],
  ]
  it.each(cases)('is %s', (_label, uses, expected) => expect(mostUsed(offered, new Map(uses))).toBe(expected))
  it('is null where nothing is on offer', () => expect(mostUsed([], new Map([['openai/big', 5]]))).toBeNull())
})
