import type { ProviderCall } from '@opencredits/sandbox'
import { expect } from 'vitest'
import { balanceOf, call, until } from '../process/api-client.ts'
import type { Customer } from './customer.ts'

/** Microcredits per token (which is credits per million), from the providers' price lists. */
const prices: Readonly<Record<string, Prices>> = {
  'anthropic/claude-sonnet-4-20250514': {
    input: 300,
    cache_read: 30,
    cache_write_5m: 375,
    cache_write_1h: 600,
    output: 1500,
  },
  'anthropic/claude-opus-5-5': {
    input: 400,
    cache_read: 20,
    cache_write_5m: 500,
    cache_write_1h: 800,
    output: 2000,
  },
  'openai/text-embedding-3-small': { input: 2, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0, output: 0 },
  'openai/gpt-5': { input: 125, cache_read: 12.5, cache_write_5m: 0, cache_write_1h: 0, output: 1000 },
  'google/gemini-3.8-flash': { input: 75, cache_read: 7.5, cache_write_5m: 0, cache_write_1h: 0, output: 375 },
  'openai/gpt-4o': { input: 250, cache_read: 125, cache_write_5m: 0, cache_write_1h: 0, output: 1000 },
}

/** What a request of a batch costs of an ordinary one's price. */
const batchFactor = 0.5

type Bucket = 'input' | 'cache_read' | 'cache_write_5m' | 'cache_write_1h' | 'output'
type Prices = Readonly<Record<Bucket, number>>

interface Usage {
  readonly model: string
  readonly tokens: Prices
  readonly chargeMicrocredits: number
}

/**
 * Compares what the customer was charged with the sandbox's own record of what it served: each call, and each item of a
 * batch, is one request with
 * the same tokens, and nothing else has moved the balance. Forgets the calls, so that the next comparison begins anew.
 */
export async function expectExactCharges(customer: Customer): Promise<void> {
  const { stack, key } = customer
  await until(async () => (await balanceOf(stack, key)).held === 0)
  const { control, apiKey } = stack.sandbox.providers
  const served = (await control.calls()).filter((one) => one.apiKey === apiKey && one.status === 200 && isBilled(one))
  const batched = (await control.billedItems()).map(({ call: one }) => one)
  await control.clear()
  const charged = await readCharges(customer)
  const due = [...served.map((one) => usageOf(one, 1)), ...batched.map((one) => usageOf(one, batchFactor))]
  expect(byText(charged)).toEqual(byText(due))
  const { body: history } = await call(stack, 'GET', '/v1/credits/history?limit=200', { key })
  const moved = (history.data as { readonly credits: number }[]).reduce((sum, { credits }) => sum + micro(credits), 0)
  expect(micro((await balanceOf(stack, key)).balance)).toBe(moved)
}

/** Tests of one file run one after the other: what the earlier ones used is known by its number. */
const seen = new WeakMap<Customer, number>()

/** What credits paid for since the last comparison; what was passed through may be in the history, and is free. */
async function readCharges(customer: Customer): Promise<readonly Usage[]> {
  const { stack, key } = customer
  const { body } = await call(stack, 'GET', '/v1/credits/history?limit=200', { key })
  const entries = body.data as { readonly type: string; readonly request_id: string }[]
  const usage = entries.filter(({ type }) => type === 'usage')
  const fresh = usage.slice(0, usage.length - (seen.get(customer) ?? 0))
  seen.set(customer, usage.length)
  const requests = await Promise.all(
    fresh.map(async ({ request_id: id }) => (await call(stack, 'GET', `/v1/credits/requests/${id}`, { key })).body),
  )
  return requests.flatMap((request) => {
    if (request.billed_to === 'passthrough') {
      expect(request.charge ?? 0).toBe(0)
      return []
    }
    expect(request).toMatchObject({ status: 'settled', billed_to: 'credits', estimated: false })
    const { input, cache_read, cache_write_5m, cache_write_1h, output } = request.tokens as Prices
    return {
      model: String(request.model),
      tokens: { input, cache_read, cache_write_5m, cache_write_1h, output },
      chargeMicrocredits: micro(Number(request.charge)),
    }
  })
}

function isBilled({ path }: ProviderCall): boolean {
  return !/count_tokens|\/models/.test(path)
}

function usageOf(served: ProviderCall, factor: number): Usage {
  const model = `${served.provider}/${served.model}`
  const price = prices[model]
  if (price === undefined) throw new Error(`the test knows no price of ${model}`)
  const tokens = {
    input: served.inputTokens,
    cache_read: served.cacheReadTokens,
    cache_write_5m: served.cacheWrite5mTokens,
    cache_write_1h: served.cacheWrite1hTokens,
    output: served.outputTokens,
  }
  const buckets = Object.keys(tokens) as Bucket[]
  // The provider's cost is rounded up, once.
  const cost = Math.ceil(buckets.reduce((sum, bucket) => sum + tokens[bucket] * price[bucket] * factor, 0))
  // The partner's tenth; what does not divide stays with the user.
  return { model, tokens, chargeMicrocredits: cost + Math.floor(cost / 10) }
}

function byText(usages: readonly Usage[]): readonly string[] {
  return usages.map((usage) => JSON.stringify(usage)).sort()
}

function micro(credits: number): number {
  return Math.round(credits * 1_000_000)
}
