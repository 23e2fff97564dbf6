import type { BatchPlan } from '@opencredits/sandbox'
import { describe, expect, it } from 'vitest'
import { type ApiAnswer, balanceOf, buyCredits, call, direct } from './api-client.ts'
import * as client from './batch-client.ts'
import type { Caller } from './caller.ts'
import { makeKey } from './make-key.ts'

const path = client.batchesPath
const never: BatchPlan = { endsAfterMs: null }
const messageOf = ({ body }: ApiAnswer) => String(Object(body.error).message)

/** Batches that are refused, as tests of a caller's installation: three may be open at a time, of 100 requests each. */
export function describeRefusedBatches(who: () => Caller): void {
  const control = () => who().stack.sandbox.providers.control
  const ask = (method: string, rest = '', options: Parameters<typeof call>[3] = {}): Promise<ApiAnswer> =>
    call(who().stack, method, `${path}${rest}`, { key: who().key, ...options })
  const create = (requests: unknown, options: Parameters<typeof call>[3] = {}) =>
    ask('POST', '', { body: { requests }, ...options })
  const settled = () => client.untilSettled(who().stack, who().key)

  describe('a batch that is refused', () => {
    const bad = [
      ['a model of another provider', { model: 'gpt-4o' }, 'params.model', 'batch_not_supported'],
      ['a model without a price in batches', { model: 'gemini-3.8-flash' }, 'params.model', 'batch_not_supported'],
      ['no such model', { model: 'claude-none' }, 'params.model', 'model_not_found'],
      ['a stream', { stream: true }, 'params.stream', 'invalid_request'],
      ['no room for an answer', { max_tokens: 0 }, 'params.max_tokens', 'invalid_request'],
      ['another speed', { speed: 'standard' }, 'params.speed', 'invalid_request'],
      ['a field that nobody knows', { wheels: 4 }, 'params.wheels', 'invalid_request'],
    ] as const

    it.each(bad)('for %s names the request and the field', async (_, more, field, code) => {
      const requests = client.requestsOf(['one', 'two'])
      const answer = await create([...requests, { custom_id: 'bad', params: client.params('three', more) }])
      expect(answer.body).toMatchObject({ error: { type: code } })
      expect(messageOf(answer)).toMatch(new RegExp(`^requests\\[2\\]\\.${field.replace('.', '\\.')}\\b`))
    })

    it('for its ids or its shape leaves nothing behind, here or at the provider', async () => {
      const [one] = client.requestsOf(['one'])
      for (const [requests, message] of [
        [[one, one], 'requests[1].custom_id: the same as of requests[0].'],
        [[{ ...one, custom_id: 'a b' }], 'requests[0].custom_id: '],
        [[{ params: one?.params }], 'requests[0].custom_id: '],
        [[{ ...one, more: 1 }], 'requests[0].more: '],
        [[one, 'two'], 'requests[1]: '],
        [[], 'A batch has one request at least.'],
        [Array(101).fill(one), 'requests: at most 100 '],
        [{}, 'requests: an array is required.'],
      ] as const) {
        const answer = await create(requests)
        expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining(message)])
      }
      expect(messageOf(await ask('POST', '', { body: { requests: [one], model: 'x' } }))).toContain('model')
      expect((await balanceOf(who().stack, who().key)).held).toBe(0)
      expect(await control().calls()).toEqual([])
    })

    it('for want of credits says how much for how many, and nothing has gone to the provider', async () => {
      const { userKey: poor } = await buyCredits(who().stack, who().partner, 1)
      const made = (await control().batches()).length
      const requests = client.requestsOf(Array(50).fill('hi')).map(({ custom_id, params }) => ({
        ...{ custom_id, params: { ...params, model: 'claude-opus-5', max_tokens: 20_000 } },
      }))
      const answer = await create(requests, { key: poor })
      expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([402, 'false'])
      expect(answer.body.error).toMatchObject({ type: 'insufficient_credits', available: 100 })
      expect(Object(answer.body.error).needed).toBeGreaterThan(1_000)
      expect(messageOf(answer)).toMatch(
        /^Insufficient credits: 100 left, up to [\d,.]+ needed for the 50 requests of this/,
      )
      // Within a budget it is the budget's.
      const { key: limited } = await makeKey(who().stack, who().key, { name: 'limited', budget: 1, window: 'total' })
      expect((await create(requests, { key: limited })).body).toMatchObject({ error: { type: 'key_budget_exceeded' } })
      expect(await balanceOf(who().stack, poor)).toEqual({ balance: 100, held: 0 })
      expect((await control().batches()).length).toBe(made)
      expect((await ask('GET', '', { key: poor })).body).toMatchObject({ data: [] })
    })

    it('comes before its body for whoever has no credits, or no key', async () => {
      const guest = await call(who().stack, 'POST', '/v1/checkout/sessions', {
        body: { publishable_key: who().partner.publishable_key, amount: 5 },
      })
      for (const [headers, status] of [
        [{ 'x-user-key': String(guest.body.user_key) }, 402],
        [{}, 401],
      ] as const) {
        const answer = await fetch(`${direct(who().stack)}${path}`, {
          ...{
            method: 'POST',
            body: 'x'.repeat(1_000_000),
            headers: { ...headers, 'content-type': 'application/json' },
          },
        })
        expect(answer.status).toBe(status)
      }
    })

    it('for being one too many leaves the others; two at once do not slip through together', async () => {
      await control().planBatches(never)
      const made = await Promise.all(Array.from({ length: 5 }, () => create(client.requestsOf(['hi']))))
      expect(made.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 429, 429])
      for (const { id } of await control().batches())
        await control()
          .endBatch(id)
          .catch(() => {})
      await settled()
    })

    it('by the provider gives everything back at once, where the refusal is certain', async () => {
      for (const [failure, status] of [
        [529, 503],
        [429, 429],
        [400, 400],
        [401, 502],
      ] as const) {
        await control().planBatches({ createFailure: failure })
        const answer = await create(client.requestsOf(['hi']))
        expect([failure, answer.status]).toEqual([failure, status])
        expect((await balanceOf(who().stack, who().key)).held).toBe(0)
      }
    })
  })
}
