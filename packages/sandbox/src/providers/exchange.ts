import type { Request, Response } from 'express'
import type { Fields } from '../json.ts'
import type { ProviderCall } from './call-record.ts'
import type { Directives } from './directives.ts'
import type { FileShelf } from './file-shelf.ts'
import type { PromptCache, PromptUsage } from './prompt-cache.ts'
import type { CountingTrouble, Pace } from './provider-control.ts'
import { cut, pause } from './stream-out.ts'

/** What an answer depends on: the same for a call and for an item of a batch. */
export interface Asked {
  readonly call: ProviderCall
  readonly body: Fields
  readonly header: (name: string) => string | undefined
  readonly directives: Directives
  readonly cache: PromptCache
  readonly shelf: FileShelf
  readonly serviceTier: 'standard' | 'batch'
}

/** An answer that is not streamed, and what was generated for it. */
export interface WholeAnswer {
  readonly body: object
  readonly output: { readonly tokens: number; readonly thinkingTokens: number }
}

/** One call while it is answered. */
export interface Exchange extends Asked {
  readonly request: Request
  readonly response: Response
  readonly pace: Required<Pace>
  readonly counting: Required<CountingTrouble>
  /** The caller is gone. */
  readonly gone: AbortSignal
}

export type AnswerCall = (exchange: Exchange) => Promise<void>

/** Writes the prompt's true counts into the record; directives come before what was counted. */
export function takePrompt({ call, directives }: Asked, counted: PromptUsage): PromptUsage {
  const isDirected = [directives.cacheRead, directives.cacheWrite5m, directives.cacheWrite1h].some(
    (one) => one !== null,
  )
  const total = counted.inputTokens + counted.cacheReadTokens + counted.cacheWrite5mTokens + counted.cacheWrite1hTokens
  const usage = {
    inputTokens: directives.input ?? (isDirected ? total : counted.inputTokens),
    cacheReadTokens: isDirected ? (directives.cacheRead ?? 0) : counted.cacheReadTokens,
    cacheWrite5mTokens: isDirected ? (directives.cacheWrite5m ?? 0) : counted.cacheWrite5mTokens,
    cacheWrite1hTokens: isDirected ? (directives.cacheWrite1h ?? 0) : counted.cacheWrite1hTokens,
  }
  Object.assign(call, usage)
  call.cacheWriteTokens = directives.cacheWrite ?? 0
  return usage
}

/** A whole answer: what it told is what was generated. It is generated to its end, also when the caller leaves. */
export async function answerWhole(
  { call, response, directives, gone }: Exchange,
  { body, output }: WholeAnswer,
): Promise<void> {
  call.outputTokens = output.tokens
  call.thinkingTokens = output.thinkingTokens
  if (directives.tokensPerSecond !== null) await pause((output.tokens / directives.tokensPerSecond) * 1000, gone)
  if (gone.aborted) return
  if (directives.isNever || directives.isHalf) {
    const bytes = Buffer.from(JSON.stringify(body))
    response.status(200).set({ 'content-type': 'application/json', 'content-length': String(bytes.length) })
    response.flushHeaders()
    if (directives.isNever) return
    response.write(bytes.subarray(0, bytes.length / 2))
    return cut(response, call)
  }
  response.once('finish', () => {
    call.isFinished = true
  })
  response.status(200).json(body)
}
