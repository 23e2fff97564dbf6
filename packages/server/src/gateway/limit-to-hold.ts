import type { Microcredits } from '../kernel/microcredits.ts'
import { type CallTerms, costOfCall } from '../partners/call-cost.ts'
import type { Usage } from '../pricing/usage.ts'

/**
 * Lowers the output of a usage that was estimated until it costs no more than was held for the call.
 * @param counted output tokens that are certain: it is never lowered below them.
 */
export function limitToHold(
  usage: Usage,
  { terms, heldMicrocredits, counted }: { terms: CallTerms; heldMicrocredits: Microcredits; counted: number },
): Usage {
  const fits = (outputTokens: number) =>
    costOfCall({ ...usage, outputTokens }, terms).totalMicrocredits <= heldMicrocredits
  if (usage.outputTokens <= counted || fits(usage.outputTokens)) return usage
  let low = counted
  let high = usage.outputTokens
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle - 1
  }
  return { ...usage, outputTokens: low }
}
