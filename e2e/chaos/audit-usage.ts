import type { ProviderCall } from '@opencredits/sandbox'
import type { Finding, Traced } from './audit-calls.ts'
import type { RequestRow } from './books.ts'
import { type TokenCounts, trueCost } from './true-price.ts'

/** Compares what a settled call was charged for with what its provider billed. */
export function checkUsage(call: Traced, row: RequestRow, answered: ProviderCall): readonly Finding[] {
  const { plan, ending } = call.seen
  const hasCounts = plan.kind !== 'no_usage'
  const isWhole = ending === 'finished' || row.ending === 'completed'
  if (hasCounts && (isWhole || isReadToItsEnd(call, row, answered)))
    return checkExact(row, plan.missesCeiling ? asTold(answered) : answered)
  if (isWhole && !row.isEstimated) return [{ kind: 'not_marked_estimated', detail: 'the provider gave no counts' }]
  return [...checkMost(call, row, answered), ...checkLeast(call, row, answered)]
}

/**
 * Whether the server must know the provider's count, though the client did not wait for it. A provider of a model that
 * may think unseen is never hung up on because a client left; one of which all was seen may be, or may have ended before.
 */
function isReadToItsEnd({ seen, isServerLost }: Traced, row: RequestRow, answered: ProviderCall): boolean {
  if (row.ending !== 'client_gone' || isServerLost) return false
  return seen.plan.mayThinkUnseen ? answered.isFinished || answered.isAborted : !row.isEstimated
}

function checkExact(row: RequestRow, answered: ProviderCall): readonly Finding[] {
  const [told, true_] = [countsOf(row), countsOf(answered)]
  return told === true_ ? [] : [{ kind: 'tokens', detail: `the provider used ${true_}, charged ${told}` }]
}

/** What a provider says that does not say the truth. */
function asTold(answered: ProviderCall): ProviderCall {
  return { ...answered, inputTokens: Number(answered.reported?.input ?? 0) }
}

/** Our own tokenizer may miss a word of the prompt by some tokens; the output is never more than was generated. */
const inputToleranceTokens = 60
export const outputToleranceTokens = 4

function checkMost({ seen }: Traced, row: RequestRow, answered: ProviderCall): readonly Finding[] {
  const found: Finding[] = []
  // What may have been generated unseen is charged by its time where no count comes, and bounded by the hold.
  const isUnseen = seen.plan.mayThinkUnseen || !seen.plan.isStream
  const generated = isUnseen ? Number.POSITIVE_INFINITY : answered.outputTokens
  if (row.outputTokens > generated + outputToleranceTokens)
    found.push({ kind: 'more_than_generated', detail: `${row.outputTokens} of ${answered.outputTokens}` })
  const read = promptOf(answered)
  // Of pictures and documents nobody knows the count before the provider tells it: the bound is taken.
  if (seen.plan.media.length === 0 && promptOf(row) > read + inputToleranceTokens)
    found.push({ kind: 'more_than_read', detail: `${promptOf(row)} of ${read}` })
  if (row.charge + row.shortfall === 0 && answered.outputTokens > 0)
    found.push({ kind: 'free', detail: `${answered.outputTokens} tokens were generated` })
  return found
}

/** What is on its way when a provider is hung up on has been generated, and is not seen any more. */
const onItsWayTokens = 60
const countErrorBasisPoints = 500

/** What is counted here is hardly less than what was generated, where all that was generated is seen. */
function checkLeast({ seen, isServerLost }: Traced, row: RequestRow, answered: ProviderCall): readonly Finding[] {
  if (isServerLost) return []
  const said = answered.outputTokens - answered.thinkingTokens
  const least = Math.floor((said * (10_000 - countErrorBasisPoints)) / 10_000) - onItsWayTokens
  if (row.outputTokens < least)
    return [{ kind: 'less_than_generated', detail: `${row.outputTokens} of ${said} that were said` }]
  const read = promptOf(answered)
  return seen.plan.media.length === 0 && promptOf(row) < read - inputToleranceTokens - read / 20
    ? [{ kind: 'less_than_read', detail: `${promptOf(row)} of ${read}` }]
    : []
}

/**
 * What providers billed beyond what the calls were charged for: only the operator can have paid it. In microcredits.
 * @param of whether a call counts
 */
export function sumUnbilled(calls: readonly Traced[], of: (call: Traced) => boolean): number {
  return calls.filter(of).reduce((sum, { seen, rows, upstream }) => {
    const billed = upstream.reduce((total, answer) => total + trueCost(seen.plan.model, answer), 0)
    return sum + Math.max(0, billed - rows.reduce((total, { cost }) => total + cost, 0))
  }, 0)
}

function promptOf(tokens: Omit<TokenCounts, 'outputTokens' | 'searches'>): number {
  return tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWrite5mTokens + tokens.cacheWrite1hTokens
}

function countsOf(tokens: TokenCounts): string {
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens, searches } = tokens
  return [inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens, searches].join('/')
}
