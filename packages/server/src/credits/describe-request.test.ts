import { describe, expect, it } from 'vitest'
import { priceOf, runOf } from '../pricing/test-usage.ts'
import { requestAnswer } from '../reference/answers.ts'
import type { Row } from '../store/schema.ts'
import { describeRequest } from './describe-request.ts'

const rates = {
  ...{ inputPerMillion: 300_000_000, cacheReadPerMillion: 0, cacheWrite5mPerMillion: 0, cacheWrite1hPerMillion: 0 },
  ...{ outputPerMillion: 0, perThousandWebSearches: 0 },
}

const row: Row<'requests'> = {
  ...{ id: 'req_1', user_id: 'usr_1', key_id: 'key_1', partner_id: 'par_1', endpoint: 'messages' },
  ...{
    model: 'anthropic/claude-sonnet-4',
    provider: 'anthropic',
    is_stream: 1,
    billed_to: 'credits',
    state: 'settled',
  },
  ...{ ending: 'completed', http_status: 200, error_code: null, is_estimated: 0, estimated_input_tokens: 0 },
  ...{ requested_max_tokens: 1000, granted_max_tokens: null, progress_output_tokens: 0, input_tokens: 10_000 },
  ...{
    cache_read_tokens: 0,
    cache_write_5m_tokens: 0,
    cache_write_1h_tokens: 0,
    output_tokens: 0,
    web_searches: 0,
    runs: null,
  },
  ...{ price: JSON.stringify({ rates, tiers: [] }), share_basis_points: 1000, fee_basis_points: 0 },
  ...{ hold_microcredits: 4_000_000, provider_cost_microcredits: 3_000_000, share_microcredits: 300_000 },
  ...{ fee_microcredits: 0, charge_microcredits: 3_300_000, shortfall_microcredits: 0, missed_microcredits: 0 },
  ...{ over_budget_microcredits: 0, upstream_request_id: null, created_at_ms: 0, first_byte_at_ms: 20 },
  ended_at_ms: 100,
}

const whole = 'The answer was delivered whole. Charged by the provider’s counts.'

describe('describeRequest', () => {
  const cases: readonly (readonly [string, Partial<Row<'requests'>>, object])[] = [
    [
      'a call within its hold',
      {},
      { charge: 3.3, above_hold: 0, above_budget: 0, paid_by_operator: 0, explanation: whole },
    ],
    [
      'one above its hold that the wallet covers',
      { hold_microcredits: 1_000_000, missed_microcredits: 2_300_000 },
      {
        ...{ held: 1, charge: 3.3, above_hold: 2.3, above_budget: 0, paid_by_operator: 0 },
        explanation: `${whole} It cost more than was held for it; the wallet paid the difference.`,
      },
    ],
    [
      'one past the budget that the operator pays in part, without a share',
      {
        ...{ hold_microcredits: 1_000_000, missed_microcredits: 2_300_000, over_budget_microcredits: 500_000 },
        ...{ charge_microcredits: 2_000_000, share_microcredits: 0, shortfall_microcredits: 1_000_000 },
      },
      {
        ...{ charge: 2, provider_cost: 3, referral_share: 0, above_hold: 2.3, above_budget: 0.5, paid_by_operator: 1 },
        explanation: `${whole} It cost more than was held for it; the wallet paid the difference. The charge went past the key’s budget. The operator paid what the wallet could not.`,
      },
    ],
    [
      'one from before migration 004',
      { missed_microcredits: null, over_budget_microcredits: null },
      { above_hold: null, above_budget: null, explanation: whole },
    ],
    ['a clamped one', { granted_max_tokens: 400 }, { max_tokens: { requested: 1000, sent: 400, clamped: true } }],
    [
      'one without a limit that was cut',
      { requested_max_tokens: null, granted_max_tokens: 400 },
      { max_tokens: { requested: null, sent: 400, clamped: true } },
    ],
    ['one that was not clamped', {}, { max_tokens: { requested: 1000, sent: 1000, clamped: false } }],
  ]
  it.each(cases)('%s', (_label, change, expected) => {
    const told = describeRequest({ ...row, ...change })
    expect(told).toMatchObject(expected)
    expect(requestAnswer.parse(told)).toEqual(told)
  })

  it('tells each run with its own counts and prices', () => {
    const others = { byModel: { opus: priceOf(500, 2500) }, unnamed: priceOf(900, 900) }
    const told = describeRequest({
      ...row,
      price: JSON.stringify({ rates, tiers: [], others }),
      runs: JSON.stringify([
        runOf('message', null, { inputTokens: 10 }),
        runOf('advisor', 'opus-20260101', { outputTokens: 7 }),
        runOf('other', 'whatever', { outputTokens: 1 }),
      ]),
    })
    expect(told.runs).toMatchObject([
      { kind: 'message', model: null, tokens: { input: 10, output: 0 }, prices: { input: 300 } },
      { kind: 'advisor', model: 'opus-20260101', tokens: { input: 0, output: 7 }, prices: { output: 2500 } },
      { kind: 'other', model: 'whatever', tokens: { output: 1 }, prices: { output: 900 } },
    ])
    expect(requestAnswer.parse(told)).toEqual(told)
  })
})
