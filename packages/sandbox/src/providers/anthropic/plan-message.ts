import { type Fields, fieldsOf, listOf, numberOf, textOf } from '../../json.ts'
import type { Iteration } from '../call-record.ts'
import type { Reply } from '../compose-reply.ts'
import type { Asked } from '../exchange.ts'
import type { PromptUsage } from '../prompt-cache.ts'
import { countAdvice, countSearches } from './count-server-tools.ts'
import { readIterations } from './read-iterations.ts'

/** A message before it is written: what it says, what it and all that led to it cost. */
export interface MessagePlan {
  readonly reply: Reply
  /** Whose output the message is: another's than was asked for after a fallback. */
  readonly model: string
  /** What the counts beside the iterations say. */
  readonly prompt: PromptUsage
  /** All that is billed, in order; null where the message is all there is. */
  readonly iterations: readonly Iteration[] | null
  /** What is billed beside `prompt` and the reply, each for its own model. */
  readonly beside: readonly Iteration[]
  readonly searches: number
  readonly compaction: 'none' | 'before' | 'alone'
}

const wordless: Reply = {
  unseen: { before: 0, after: 0 },
  thinking: [],
  text: [],
  toolCalls: [],
  ending: 'end',
  stopSequence: null,
  outputTokens: 0,
  thinkingTokens: 0,
}

const compactionTriggerTokens = 150_000
const summaryTokens = 400
const adviceTokens = 1500

/**
 * Plans what compaction, fallbacks and an advisor add to a call. Their tokens are no part of the counts beside the
 * iterations (https://platform.claude.com/docs/en/build-with-claude/compaction, …/agents-and-tools/tool-use/advisor-tool).
 */
export function planMessage(exchange: Asked, counted: PromptUsage, reply: Reply): MessagePlan {
  const { body, call, directives } = exchange
  const compaction = compactionOf(body, counted)
  const summary: readonly Iteration[] =
    compaction === 'none'
      ? []
      : [{ ...uncached(totalOf(counted)), type: 'compaction', model: call.model, outputTokens: summaryTokens }]
  const prompt = compaction === 'none' ? counted : uncached(compaction === 'before' ? summaryTokens : 0)
  const models = fallbackModels(body)
  const declined = directives.isWorstInput ? models.length : Math.min(directives.declines, models.length)
  const model = [call.model, ...models][declined] ?? call.model
  const hops: readonly Iteration[] = [call.model, ...models].slice(0, declined).map((hop) => ({
    ...uncached(totalOf(prompt)),
    type: 'message',
    model: hop,
    outputTokens: directives.isWorstOutput ? reply.outputTokens : 0,
  }))
  const advice = countAdvice(exchange)
  const advised: readonly Iteration[] = Array.from({ length: advice.count }, () => ({
    ...uncached(totalOf(prompt)),
    type: 'advisor_message',
    model: advice.model,
    outputTokens: advice.tokensMax ?? adviceTokens,
  }))
  const beside = [...summary, ...hops, ...advised]
  const own: Iteration = {
    ...prompt,
    type: declined > 0 ? 'fallback_message' : 'message',
    model,
    outputTokens: reply.outputTokens,
  }
  const planned: MessagePlan = {
    reply: compaction === 'alone' ? wordless : reply,
    model,
    prompt,
    iterations: beside.length > 0 ? [...beside, ...(compaction === 'alone' ? [] : [own])] : null,
    beside,
    searches: countSearches(exchange),
    compaction,
  }
  return directives.iterations === null ? planned : asDirected(planned, own, listOf(directives.iterations))
}

/** The directive's iterations, and the message's own where they have none. */
function asDirected(plan: MessagePlan, own: Iteration, entries: readonly unknown[]): MessagePlan {
  const read = readIterations(entries, own)
  const last = read.findLast(({ type }) => type === 'message' || type === 'fallback_message')
  const iterations = last === undefined ? [...read, own] : read
  const model = last?.model ?? own.model
  const isOwn = (one: Iteration) => (one.type === 'message' || one.type === 'fallback_message') && one.model === model
  const sum = (count: (one: Iteration) => number) => iterations.filter(isOwn).reduce((all, one) => all + count(one), 0)
  return {
    ...plan,
    model,
    iterations,
    beside: iterations.filter((one) => !isOwn(one)),
    prompt: {
      inputTokens: sum(({ inputTokens }) => inputTokens),
      cacheReadTokens: sum(({ cacheReadTokens }) => cacheReadTokens),
      cacheWrite5mTokens: sum(({ cacheWrite5mTokens }) => cacheWrite5mTokens),
      cacheWrite1hTokens: sum(({ cacheWrite1hTokens }) => cacheWrite1hTokens),
    },
    reply: { ...plan.reply, outputTokens: sum(({ outputTokens }) => outputTokens) },
  }
}

/** `compaction` compacts and says nothing more; an edit does so when the prompt has reached its trigger. */
function compactionOf(body: Fields, prompt: PromptUsage): MessagePlan['compaction'] {
  if (fieldsOf(body.compaction).type === 'summarize') return 'alone'
  const edit = listOf(fieldsOf(body.context_management).edits)
    .map(fieldsOf)
    .find(({ type }) => type === 'compact_20260112')
  if (edit === undefined) return 'none'
  if (totalOf(prompt) < (numberOf(fieldsOf(edit.trigger).value) ?? compactionTriggerTokens)) return 'none'
  return edit.pause_after_compaction === true ? 'alone' : 'before'
}

function fallbackModels(body: Fields): readonly string[] {
  if (body.fallbacks === 'default') return ['claude-opus-4-8']
  return listOf(body.fallbacks).flatMap((entry) => textOf(fieldsOf(entry).model) ?? [])
}

export function totalOf(prompt: PromptUsage): number {
  return prompt.inputTokens + prompt.cacheReadTokens + prompt.cacheWrite5mTokens + prompt.cacheWrite1hTokens
}

export function uncached(inputTokens: number): PromptUsage {
  return { inputTokens, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 }
}
