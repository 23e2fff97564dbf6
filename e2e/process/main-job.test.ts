import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, buyCredits, call, verifyLedger } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'

let stack: Stack
let partner: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack()
  partner = stack.createPartner()
}, 60_000)

afterAll(() => stack.close())

describe('the main job, over HTTP, on real processes', () => {
  it('sells 1 000 credits for USD 10 and 1 080 for EUR 10', async () => {
    const dollars = await buyCredits(stack, partner, 10)
    expect(await balanceOf(stack, dollars.userKey)).toEqual({ balance: 1000, held: 0 })
    const euros = await buyCredits(stack, partner, 10, 'eur')
    expect(await balanceOf(stack, euros.userKey)).toEqual({ balance: 1080, held: 0 })
  })

  it('deducts exactly 49.5 credits for a call that costs USD 0.45 at the provider, and pays the partner 4.5', async () => {
    const { userKey } = await buyCredits(stack, partner, 10)
    // USD 3 and 15 per million tokens: 100 000 in and 10 000 out are USD 0.30 and 0.15.
    const answer = await call(stack, 'POST', '/v1/messages', {
      key: userKey,
      headers: { 'anthropic-version': '2023-06-01' },
      body: {
        model: 'anthropic/claude-sonnet-4-20250514',
        max_tokens: 20_000,
        messages: [{ role: 'user', content: 'Hello [[sandbox: usage-input=100000 usage-output=10000]]' }],
      },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('opencredits-billed-to')).toBe('credits')
    expect(answer.headers.get('opencredits-charge')).toBe('49.5')
    expect(await balanceOf(stack, userKey)).toEqual({ balance: 950.5, held: 0 })
    const requestId = answer.headers.get('request-id')
    const record = await call(stack, 'GET', `/v1/credits/requests/${requestId}`, { key: userKey })
    expect(record.body).toMatchObject({ charge: 49.5, provider_cost: 45, referral_share: 4.5 })
  })

  it('proves its books on the command line while the server runs', () => {
    expect(verifyLedger(stack)).toMatchObject({ ok: true })
  })
})
