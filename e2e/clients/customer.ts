import { afterAll, afterEach, beforeAll } from 'vitest'
import { buyCredits, call, direct } from '../process/api-client.ts'
import { makeKey } from '../process/make-key.ts'
import { type PartnerKeys, type Stack, type StackOptions, startStack } from '../stack.ts'
import { expectExactCharges } from './exact-charges.ts'

/** Somebody with credits, and the keys with which a call is refused. */
export interface Customer {
  readonly stack: Stack
  /** The app in which the credits were bought. */
  readonly partner: PartnerKeys
  /** The server's origin: the base URL of Anthropic's clients. */
  readonly origin: string
  /** With `/v1`: the base URL of OpenAI's clients. */
  readonly baseUrl: string
  readonly key: string
  /** Taken back by its owner: 401. */
  readonly revokedKey: string
  /** Belongs to a user who has bought nothing: 402. */
  readonly brokeKey: string
  /** A key whose one call of this minute is used up: 429. */
  throttledKey(): Promise<string>
}

/** A customer for all tests of a file; after each of them, what was charged is what the provider has served. */
export function useCustomer(options: StackOptions = {}): Readonly<Customer> {
  const customer = {} as Customer
  beforeAll(async () => {
    Object.assign(customer, await startCustomer(options))
  }, 60_000)
  afterEach(() => expectExactCharges(customer))
  afterAll(() => customer.stack.close())
  return customer
}

async function startCustomer(options: StackOptions): Promise<Customer> {
  const stack = await startStack(options)
  const partner = stack.createPartner()
  const { userKey: key } = await buyCredits(stack, partner, 1000)
  const unpaid = await call(stack, 'POST', '/v1/checkout/sessions', {
    body: { publishable_key: partner.publishable_key, amount: 5, currency: 'usd', mode: 'embedded' },
  })
  const revoked = await makeKey(stack, key, { name: 'revoked' })
  await call(stack, 'DELETE', `/v1/keys/${revoked.id}`, { key: revoked.key })
  return {
    stack,
    partner,
    origin: direct(stack),
    baseUrl: `${direct(stack)}/v1`,
    key,
    revokedKey: revoked.key,
    brokeKey: String(unpaid.body.user_key),
    async throttledKey() {
      const { key: throttled } = await makeKey(stack, key, { name: 'slow', rpm: 1 })
      const first = await call(stack, 'POST', '/v1/chat/completions', {
        key: throttled,
        body: { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hi' }] },
      })
      if (first.status !== 200) throw new Error(`the first call: ${first.status} ${JSON.stringify(first.body)}`)
      return throttled
    },
  }
}
