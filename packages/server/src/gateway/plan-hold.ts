import { addMicrocredits, type Microcredits, microcredits } from '../kernel/microcredits.ts'
import { addShareAndFee, type CallTerms } from '../partners/call-cost.ts'
import { quoteRun } from '../pricing/quote.ts'
import { type Buckets, noUsage } from '../pricing/usage.ts'
import type { InputBound } from '../wires/ceiling/bound-input.ts'
import { type HeldRun, usageOfHeldRun } from './held-runs.ts'

/** The output that must be affordable at least, or the call is refused (contract §3, 402). */
const outputTokensMin = 1024

export interface HoldWish {
  readonly input: InputBound
  /** Tokens per answer: what the client asks for, or the model's ceiling. */
  readonly wantedTokens: number
  /** Whether tokens may be generated that no text will show. */
  readonly mayThinkUnseen: boolean
  /** Tokens per answer that are held at first; more are held as the answer grows. All of them where it does not stream. */
  readonly firstStepTokens: number
  readonly answers: number
  /** Output beside each answer that may be billed: of a prediction. */
  readonly predictedTokens?: number
  /** What the provider may run beside the answer. */
  readonly runs?: readonly HeldRun[]
  readonly terms: CallTerms
}

export interface AffordablePlan {
  readonly isAffordable: true
  /** What the credits cover now, per answer. */
  readonly grantedTokens: number
  /** What is held of it, per answer. */
  readonly heldTokens: number
  readonly amountMicrocredits: Microcredits
}

export type HoldPlan = AffordablePlan | { readonly isAffordable: false; readonly neededMicrocredits: Microcredits }

/**
 * How much output the available credits cover: all that is wanted, or as much as there is, but never less than
 * min(wanted, 1024) tokens. The hold is what the first step costs at most, the prompt included.
 */
export function planHold(wish: HoldWish, availableMicrocredits: Microcredits): HoldPlan {
  const costOfAll = costOfHold(wish, wish.wantedTokens)
  const isAllCovered = costOfAll <= availableMicrocredits
  if (isAllCovered && wish.firstStepTokens >= wish.wantedTokens)
    return {
      ...affordable,
      grantedTokens: wish.wantedTokens,
      heldTokens: wish.wantedTokens,
      amountMicrocredits: costOfAll,
    }
  const least = Math.min(wish.wantedTokens, outputTokensMin)
  const needed = costOfHold(wish, least)
  if (needed > availableMicrocredits) return { isAffordable: false, neededMicrocredits: needed }
  let low = isAllCovered ? wish.wantedTokens : least
  let high = wish.wantedTokens
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (costOfHold(wish, middle) <= availableMicrocredits) low = middle
    else high = middle - 1
  }
  const heldTokens = Math.min(low, wish.firstStepTokens)
  return { ...affordable, grantedTokens: low, heldTokens, amountMicrocredits: costOfHold(wish, heldTokens) }
}

const affordable = { isAffordable: true } as const

/** What a call costs at most with so many tokens of each answer: the sum of its parts, and the share of the whole. */
export function costOfHold(wish: HoldWish, tokensPerAnswer: number): Microcredits {
  const cost = addMicrocredits(...partsOfHold(wish, tokensPerAnswer))
  return addShareAndFee(cost, wish.terms).totalMicrocredits
}

/** What is billed for one call, each part by its own price: the answer, and the runs of other models on its behalf. */
function partsOfHold(wish: HoldWish, tokensPerAnswer: number): readonly Microcredits[] {
  const answer = quoteRun(usageOf(wish, tokensPerAnswer), wish.terms.price)
  if (wish.runs === undefined) return [answer]
  const answerTokens = tokensPerAnswer * wish.answers
  return [
    answer,
    ...wish.runs.map((run) => microcredits(quoteRun(usageOfHeldRun(run, answerTokens), run.price) * run.timesMax)),
  ]
}

/** The dearest way in which the prompt may be billed: as written to the cache, where the request asks for that. */
function usageOf(wish: HoldWish, tokensPerAnswer: number): Buckets {
  const { cacheWrite, webSearchesMax } = wish.input
  const tokens = inputTokens(wish, tokensPerAnswer)
  return {
    ...noUsage,
    ...(cacheWrite === 'none' ? { inputTokens: tokens } : {}),
    ...(cacheWrite === '5m' ? { cacheWrite5mTokens: tokens } : {}),
    ...(cacheWrite === '1h' ? { cacheWrite1hTokens: tokens } : {}),
    outputTokens: (tokensPerAnswer + (wish.predictedTokens ?? 0)) * wish.answers,
    webSearches: webSearchesMax,
  }
}

/**
 * A prompt of unknown length and its answer share one window: a longer answer leaves less for the prompt. Each token of
 * the answer is dearer than the one of the prompt that it leaves out, so the sum grows with the answer all the same, and
 * a shorter answer behind a longer prompt costs no more.
 */
function inputTokens({ input, wantedTokens, terms }: HoldWish, tokensPerAnswer: number): number {
  const { tokens, rereadTokens, sharedWindowTokens } = input
  const { rates, tiers } = terms.price
  const isAnswerDearer = rates.outputPerMillion >= Math.max(rates.inputPerMillion, rates.cacheWrite1hPerMillion)
  const isShared = sharedWindowTokens !== null && isAnswerDearer && tiers.length === 0
  const left = isShared ? Math.max(0, sharedWindowTokens - Math.min(tokensPerAnswer, wantedTokens)) : tokens
  return Math.min(tokens, left) + rereadTokens
}
