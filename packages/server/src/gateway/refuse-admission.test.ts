import { describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import { unpaid } from './refuse-admission.ts'

describe('unpaid', () => {
  const refuse = (outcome: 'insufficient_credits' | 'key_budget_exceeded') =>
    unpaid(
      { outcome, availableMicrocredits: microcredits(2_009_999) },
      microcredits(42_300_001),
      'https://credits.example',
    )

  it('names what is left and needed, and the account page, where one can top up', () =>
    expect(refuse('insufficient_credits')).toMatchObject({
      message:
        'Insufficient credits: 2 left, about 42.31 needed. Top up in the app, or at https://credits.example/account.',
      funds: { available: 2.009999, needed: 42.300001 },
    }))

  it('sends nobody to buy credits where the budget of a key is the bound', () =>
    expect(refuse('key_budget_exceeded').message).toMatch(/^This key's budget is used up: .* Raise its budget/))
})
