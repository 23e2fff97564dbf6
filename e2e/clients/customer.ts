import type { ProviderCall } from '@opencredits/sandbox'
import { expect } from 'vitest'
import { costOfCall } from '../../packages/server/src/partners/call-cost.ts'
import { createCatalogue } from '../../packages/server/src/pricing/catalogue.ts'
import { noOperatorModels } from '../../packages/server/src/pricing/operator-models.ts'
import { balanceOf, direct, until } from '../process/api-client.ts'
import { type Caller, startCaller } from '../process/caller.ts'

/** A user who calls with a real client, and the sum that the provider's own record says it has to pay. */
export interface Customer extends Caller {
  /** Where an OpenAI client points; an Anthropic one takes `url`. */
  readonly openaiBaseUrl: string
  readonly url: string
  /** A key with too few credits for any call. */
  readonly poorKey: string
  /** Everything that was charged so far is what the sandbox served, to the microcredit. */
  expectExactCharges(): Promise<void>
}

export const anthropicModel = 'anthropic/claude-sonnet-4-20250514'
export const openaiModel = 'openai/gpt-4o'
/** One model of each family; `owned` in the words of a test's name. */
export const families = [
  { family: 'an Anthropic model', model: anthropicModel },
  { family: 'an OpenAI model', model: openaiModel },
] as const

export async function startCustomer(environment: Record<string, string> = {}): Promise<Customer> {
  const caller = await startCaller(environment)
  const url = direct(caller.stack)
  const poor = JSON.parse(
    caller.stack.cli(
      ...[
        'credits',
        'grant',
        '--user',
        'poor@example.com',
        '--credits',
        '0.001',
        '--partner',
        caller.partner.id,
        '--json',
      ],
    ),
  )
  const { balance: bought } = await balanceOf(caller.stack, caller.key)
  return {
    ...caller,
    url,
    openaiBaseUrl: `${url}/v1`,
    poorKey: poor.user_key,
    async expectExactCharges() {
      await until(async () => (await balanceOf(caller.stack, caller.key)).held === 0)
      const { balance } = await balanceOf(caller.stack, caller.key)
      const truth = (await caller.calls()).reduce((sum, call) => sum + trueCharge(call), 0)
      expect(Math.round((bought - balance) * 1e6)).toBe(truth)
    },
  }
}

const catalogue = createCatalogue(noOperatorModels, Date.now())
const shareBasisPoints = 1000

/** Microcredits that a call has to cost by what the provider really read and said. A refused call costs nothing. */
export function trueCharge(call: ProviderCall): number {
  if (call.path.endsWith('/count_tokens') || call.status >= 400) return 0
  const model = catalogue.models.find(({ upstreamId }) => upstreamId === call.model.replace(/^models\//, ''))
  if (model === undefined) throw new Error(`no price for ${call.model}`)
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = call
  return costOfCall(
    { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens, webSearches: 0 },
    { price: model.price, shareBasisPoints, feeBasisPoints: 0 },
  ).totalMicrocredits
}
