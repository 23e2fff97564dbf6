import type { ModelPrice } from '../pricing/price.ts'
import { type Buckets, type FurtherRunKind, type ModelRun, noUsage } from '../pricing/usage.ts'
import { boundByWindow, boundInput, type InputBound } from '../wires/ceiling/bound-input.ts'
import type { CacheWrite } from '../wires/ceiling/prompt-parts.ts'
import type { CallToAdmit } from './admit.ts'
import type { BoundedPrompt } from './bound-call.ts'
import type { ResolvedRun } from './further-runs.ts'

/** What is held for a run that the provider may make beside the answer. */
export interface HeldRun {
  readonly kind: FurtherRunKind
  /** The provider's name of the model. */
  readonly model: string
  readonly price: ModelPrice
  readonly timesMax: number
  /** What one run reads, before the answer has begun. */
  readonly promptTokens: number
  /** It reads as well what the answer has said so far. */
  readonly readsAnswer: boolean
  /** What the model can read at most. */
  readonly windowTokens: number
  readonly cacheWrite: CacheWrite
  readonly webSearchesMax: number
  readonly outputTokens: number | 'as_answer'
}

/** What the provider says around the conversation that an advisor reads: no figure is documented. */
const advisorFramingTokens = 4096

/**
 * Bounds the runs that a call asks its provider for. A compaction reads the prompt once more; an advisor reads it and
 * the answer so far, as often as it may be asked; a fallback answers the whole request anew.
 */
export function heldRunsOf(call: CallToAdmit, prompt: BoundedPrompt): readonly HeldRun[] {
  return call.runs.filter((resolved) => mayCome(resolved, prompt)).map((resolved) => heldRun(call, prompt, resolved))
}

/** A compaction waits for a prompt of a certain length; what tools at the provider find may bring any prompt there. */
function mayCome({ run }: ResolvedRun, { bound, parts }: BoundedPrompt): boolean {
  return parts.rereadsMax > 0 || bound.tokens >= run.fromInputTokens
}

function heldRun(call: CallToAdmit, prompt: BoundedPrompt, { run, model }: ResolvedRun): HeldRun {
  const bound = boundFor(call, prompt, model)
  const isFallback = run.kind === 'fallback'
  const framing = run.kind === 'advisor' ? advisorFramingTokens : 0
  const findsMore = findsOnTheWeb(call.request.body)
  return {
    kind: run.kind,
    model: model.upstreamId,
    price: run.model === 'any' ? (call.terms.price.others?.unnamed ?? model.price) : model.price,
    // Between tools that the provider runs a conversation may be compacted again and again.
    timesMax: run.kind === 'compaction' && findsMore ? 1 + prompt.parts.rereadsMax : run.timesMax,
    promptTokens:
      !isFallback && findsMore ? model.contextWindow : bound.tokens + framing + (isFallback ? bound.rereadTokens : 0),
    readsAnswer: run.kind !== 'compaction',
    windowTokens: isFallback ? Math.max(model.contextWindow, bound.tokens + bound.rereadTokens) : model.contextWindow,
    cacheWrite: run.cacheWrite ?? bound.cacheWrite,
    webSearchesMax: isFallback ? bound.webSearchesMax : 0,
    outputTokens: run.outputTokensMax ?? model.maxTokens,
  }
}

/** Another model makes other tokens of the same prompt, so an exact count for the first is none for it. */
function boundFor(call: CallToAdmit, prompt: BoundedPrompt, model: ResolvedRun['model']): InputBound {
  const isOpen = call.prepared.documentUrls.length > 0 || call.key.isMarked
  return isOpen ? boundByWindow({ ...prompt, model }) : boundInput({ ...prompt, model })
}

function findsOnTheWeb(body: Readonly<Record<string, unknown>>): boolean {
  const tools: readonly unknown[] = Array.isArray(body.tools) ? body.tools : []
  return tools.some((tool) => {
    const type = typeof tool === 'object' && tool !== null ? Reflect.get(tool, 'type') : null
    return typeof type === 'string' && type.startsWith('web_')
  })
}

/** The most that one run uses while the answer has so many tokens. */
export function usageOfHeldRun(run: HeldRun, answerTokens: number): Buckets {
  const tokens = Math.min(run.windowTokens, run.promptTokens + (run.readsAnswer ? answerTokens : 0))
  return {
    ...noUsage,
    ...(run.cacheWrite === 'none' ? { inputTokens: tokens } : {}),
    ...(run.cacheWrite === '5m' ? { cacheWrite5mTokens: tokens } : {}),
    ...(run.cacheWrite === '1h' ? { cacheWrite1hTokens: tokens } : {}),
    webSearches: run.webSearchesMax,
    outputTokens: run.outputTokens === 'as_answer' ? answerTokens : run.outputTokens,
  }
}

/** Each run once for every time that it may come, for calls whose runs nobody counts in the end. */
export function runsAtMost(runs: readonly HeldRun[]): readonly ModelRun[] {
  return runs.flatMap((run) =>
    Array.from({ length: run.timesMax }, () => ({ kind: run.kind, model: run.model, usage: usageOfHeldRun(run, 0) })),
  )
}
