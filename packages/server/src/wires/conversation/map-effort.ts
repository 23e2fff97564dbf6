import type { Effort, Reasoning } from './prompt.ts'

/** Anthropic's least, and the part of `max_tokens` that thinking may take: the answer needs the rest. */
const budgetTokensMin = 1024
const budgetShareMax = 0.8

const budgetOfEffort: Readonly<Record<Exclude<Effort, 'none'>, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
}

/**
 * The budget for a model that thinks by budget: at least 1024 and below `max_tokens`.
 * @returns null for no thinking: not wanted, or no room for it.
 */
export function budgetFor(reasoning: Reasoning | null, maxTokens: number): number | null {
  const wanted =
    reasoning?.budgetTokens ??
    (reasoning?.effort === 'none'
      ? null
      : reasoning?.effort === null || reasoning?.effort === undefined
        ? reasoning?.isAdaptive === true
          ? budgetOfEffort.medium
          : null
        : budgetOfEffort[reasoning.effort])
  if (wanted === null) return null
  const budget = Math.min(Math.max(wanted, budgetTokensMin), Math.floor(maxTokens * budgetShareMax))
  return budget < budgetTokensMin ? null : budget
}

/** OpenAI's `reasoning_effort` for what was asked; null leaves it to the model. */
export function effortFor(
  reasoning: Reasoning | null,
): 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | null {
  if (reasoning === null) return null
  if (reasoning.effort !== null) return reasoning.effort === 'max' ? 'xhigh' : reasoning.effort
  const budget = reasoning.budgetTokens
  if (budget === null) return null
  return budget < budgetOfEffort.medium / 2 ? 'low' : budget < budgetOfEffort.high ? 'medium' : 'high'
}

/** Anthropic's `output_config.effort` for a model that thinks as it sees fit. */
export function anthropicEffortFor(reasoning: Reasoning): 'low' | 'medium' | 'high' | 'max' | null {
  const effort = effortFor(reasoning)
  if (effort === null || effort === 'none') return null
  return effort === 'minimal' ? 'low' : effort === 'xhigh' ? 'max' : effort
}
