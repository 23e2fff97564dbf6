import type { BilledItem } from '@opencredits/sandbox'
import { addShareAndFee } from '../../packages/server/src/partners/call-cost.ts'
import { batchCatalogueOf } from '../../packages/server/src/pricing/batch-catalogue.ts'
import { createCatalogue } from '../../packages/server/src/pricing/catalogue.ts'
import { noOperatorModels } from '../../packages/server/src/pricing/operator-models.ts'
import { quoteRun } from '../../packages/server/src/pricing/quote.ts'
import type { Stack } from '../stack.ts'
import { type ApiAnswer, balanceOf, call, until } from './api-client.ts'

/** Anthropic's batches as a client asks for them. */
export const batchesPath = '/v1/messages/batches'

export const params = (content: string, more: object = {}) => ({
  model: 'claude-sonnet-4',
  max_tokens: 100,
  messages: [{ role: 'user', content }],
  ...more,
})

/** So many requests, `mine-0` and on. */
export const requestsOf = (contents: readonly string[]) =>
  contents.map((content, index) => ({ custom_id: `mine-${index}`, params: params(content) }))

/** Makes a batch. @returns its id. @throws where it is refused. */
export async function makeBatch(stack: Stack, key: string, contents: readonly string[]): Promise<string> {
  const made = await call(stack, 'POST', batchesPath, { key, body: { requests: requestsOf(contents) } })
  if (made.status !== 200) throw new Error(`${made.status} ${JSON.stringify(made.body)}`)
  return String(made.body.id)
}

export const batchOf = (stack: Stack, key: string, id: string): Promise<ApiAnswer> =>
  call(stack, 'GET', `${batchesPath}/${id}`, { key })

/** Waits until nothing of any batch is held, without asking for one. */
export const untilSettled = (stack: Stack, key: string, timeoutMs = 20_000) =>
  until(async () => (await balanceOf(stack, key)).held === 0, timeoutMs)

interface Result {
  readonly custom_id: string
  readonly result: { readonly type: string; readonly message?: { readonly content: readonly { text: string }[] } }
}

export async function resultsOf(stack: Stack, key: string, id: string): Promise<readonly Result[]> {
  const answer = await call(stack, 'GET', `${batchesPath}/${id}/results`, { key })
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  // One line alone is an object that was parsed already.
  if (answer.body.text === undefined) return [answer.body as unknown as Result]
  return String(answer.body.text)
    .trim()
    .split('\n')
    .map((line): Result => JSON.parse(line))
}

const catalogue = batchCatalogueOf(createCatalogue(noOperatorModels, Date.now()))

/** Microcredits that a request of a batch has to cost by what the provider billed for it: half, and a share of a tenth. */
export function trueBatchCharge({ call: billed }: BilledItem): number {
  const model = catalogue.models.find(({ upstreamId }) => upstreamId === billed.model)
  if (model === undefined) throw new Error(`no price for ${billed.model}`)
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = billed
  const usage = { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens, webSearches: 0 }
  const cost = quoteRun(usage, model.price)
  return addShareAndFee(cost, { shareBasisPoints: 1000, feeBasisPoints: 0 }).totalMicrocredits
}

/** How many microcredits a balance is. */
export const microcreditsOf = ({ balance }: { readonly balance: number }) => Math.round(balance * 1_000_000)
