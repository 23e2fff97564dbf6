import type { Counter } from '../counting/counter.ts'
import { secondMs } from '../kernel/clock.ts'
import type { Microcredits } from '../kernel/microcredits.ts'
import type { GenerationSpeeds } from '../pricing/generation-speed.ts'
import { noUsage, type Usage } from '../pricing/usage.ts'
import { readPromptText, tokensPerTurn } from '../wires/read-prompt-text.ts'
import type { ReportedUsage } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'
import type { SaidCounter } from './count-said.ts'
import { limitToHold } from './limit-to-hold.ts'

export interface MeasuredUsage {
  readonly usage: Usage
  /** True where the provider gave no credible count and one was made here. */
  readonly isEstimated: boolean
}

/** What is known of a call when it has ended. */
export interface Observed {
  readonly reported: ReportedUsage
  /** Whether `reported` counts the whole answer. */
  readonly isUsageFinal: boolean
  /** All that the model has said. */
  outputText(): string
  /** How long the model may have generated what is in no text; 0 where all that it generates is shown. */
  readonly unseenMs: number
  heldMicrocredits(): Microcredits
}

/**
 * The provider's counts where it sent them; an explicit 0 is 0. What it did not count is counted here, and marked: the
 * text by its tokens, and what may have been generated unseen by its time. By time alone nobody pays more than was held.
 */
export async function measureUsage(
  deps: { readonly counter: Counter; readonly saidCounter: SaidCounter; readonly speeds: GenerationSpeeds },
  call: AdmittedCall,
  observed: Observed,
): Promise<MeasuredUsage> {
  const { reported, isUsageFinal } = observed
  const isWhole = isUsageFinal && reported.inputTokens !== undefined && reported.outputTokens !== undefined
  if (isWhole) return { usage: { ...noUsage, ...reported }, isEstimated: false }
  const inputTokens = (reported.inputTokens ?? (await countPrompt(deps.counter, call))) + rereadTokens(call, reported)
  const output = await countOutput(deps, call, observed)
  const usage = { ...noUsage, ...reported, inputTokens, outputTokens: output.tokens }
  const limits = { terms: call.terms, heldMicrocredits: observed.heldMicrocredits(), counted: output.counted }
  return { usage: limitToHold(usage, limits), isEstimated: true }
}

/** What was read again after the searches that the stream has shown: their part of what was held for all of them. */
function rereadTokens({ plan }: AdmittedCall, { webSearches = 0 }: ReportedUsage): number {
  const { rereadTokens: heldTokens, webSearchesMax } = plan.wish.input
  return webSearchesMax === 0 ? 0 : Math.ceil((heldTokens * Math.min(webSearches, webSearchesMax)) / webSearchesMax)
}

/** @returns tokens of the output, and how many of them are certain. */
async function countOutput(
  { saidCounter, speeds }: Pick<Parameters<typeof measureUsage>[0], 'saidCounter' | 'speeds'>,
  { model, request }: AdmittedCall,
  { reported, isUsageFinal, unseenMs, outputText }: Observed,
): Promise<{ readonly tokens: number; readonly counted: number }> {
  const told = reported.outputTokens ?? null
  if (isUsageFinal && told !== null) return { tokens: told, counted: told }
  const text = outputText()
  const said = await countPatiently(() => saidCounter.count(model, text))
  const unseen = Math.ceil((unseenMs / secondMs) * speeds.typicalTokensPerSecond(model)) * request.answers
  const visible = said ?? Buffer.byteLength(text)
  const counted = Math.max(told ?? 0, said ?? 0)
  // Counts that came on the way hold what was thought until then, and may lag behind what was said since.
  return { tokens: told === null ? visible + unseen : Math.max(told, visible, unseen), counted }
}

/**
 * Counts what the prompt says. What else is in it, such as pictures, is taken as it was held. Where nothing can be
 * counted, what was held is the count, since less could be had by whoever sends what is hard to count.
 */
async function countPrompt(counter: Counter, call: AdmittedCall): Promise<number> {
  const { text, turns, hasMedia } = readPromptText(call.request.body)
  const { tokens: heldTokens, isCounted } = call.plan.wish.input
  if (hasMedia && isCounted) return heldTokens
  const counted = await countPatiently(() => counter.countText(text))
  if (counted === null) return heldTokens
  const besides = hasMedia ? Math.max(0, heldTokens - Buffer.byteLength(text)) : turns * tokensPerTurn
  return Math.min(counted + besides, heldTokens)
}

const tries = 3
const retryMs = secondMs / 2

/** A bound is several times the truth, and a charge can wait for a counter that is busy. */
async function countPatiently(count: () => Promise<number | null>): Promise<number | null> {
  for (let tried = 1; ; tried += 1) {
    const counted = await count()
    if (counted !== null || tried === tries) return counted
    await new Promise((wait) => setTimeout(wait, retryMs))
  }
}
