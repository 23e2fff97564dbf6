import { once } from 'node:events'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import type { Response } from 'express'
import type { ProviderCall } from './call-record.ts'
import type { Exchange } from './exchange.ts'

/** One message of a stream. */
export interface Frame {
  readonly text: string
  /** Output tokens that come with it. A frame with them is a chunk of the answer: faults and delays count those. */
  readonly tokens?: number
  /** How many of them are thinking. */
  readonly thinkingTokens?: number
  /** Thinking that went before this frame and is told to nobody. */
  readonly hiddenTokens?: number
  /** The counts that it tells. */
  readonly reported?: ProviderCall['reported']
}

/** A stream without pauses still lets others have their turn. */
const framesPerTurn = 64

/** Sends a stream at the client's pace, with the faults that were asked for, and records what was really sent. */
export async function streamOut(exchange: Exchange, frames: Iterable<Frame>, errorEvent: string): Promise<void> {
  const { response, call, directives, gone } = exchange
  const delayMs = directives.delayMs > 0 ? directives.delayMs : exchange.pace.delayMs
  response.status(200).set({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.flushHeaders()
  let chunks = 0
  let sent = 0
  for (const frame of frames) {
    if (gone.aborted) return
    if (frame.tokens !== undefined) {
      if (directives.cutAfter === chunks) return cut(response, call)
      if (directives.cutMidEvent === chunks) {
        await write(response, frame.text.slice(0, Math.ceil(frame.text.length / 2)), gone)
        return cut(response, call)
      }
      if (directives.errorEventAfter === chunks) return end(response, errorEvent)
      chunks += 1
    }
    await write(response, frame.text, gone)
    if (gone.aborted) return
    note(call, frame)
    sent += 1
    if (frame.tokens !== undefined && delayMs > 0) await pause(delayMs, gone)
    else if (sent % framesPerTurn === 0) await nextTurn()
  }
  if (gone.aborted) return
  call.isFinished = true
  return end(response, '')
}

/** @returns early when the caller leaves. */
export async function pause(delayMs: number, gone: AbortSignal): Promise<void> {
  if (delayMs <= 0 || gone.aborted) return
  await wait(delayMs, undefined, { signal: gone }).catch(() => {})
}

function note(call: ProviderCall, frame: Frame): void {
  const { tokens = 0, thinkingTokens = 0, hiddenTokens = 0 } = frame
  call.outputTokens += tokens + hiddenTokens
  call.thinkingTokens += thinkingTokens + hiddenTokens
  if (frame.reported !== undefined) call.reported = frame.reported
}

async function write(response: Response, text: string, gone: AbortSignal): Promise<void> {
  if (gone.aborted || response.write(text)) return
  await once(response, 'drain', { signal: gone }).catch(() => {})
}

async function end(response: Response, text: string): Promise<void> {
  response.end(text)
}

/** What was written goes out first: a socket that is destroyed at once takes it along. */
async function cut(response: Response, call: ProviderCall): Promise<void> {
  call.isCut = true
  await nextTurn()
  response.socket?.destroySoon()
}
