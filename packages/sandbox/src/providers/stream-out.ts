import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Response } from 'express'
import type { ProviderCall } from './call-record.ts'
import type { Directives } from './directives.ts'

export interface StreamPlan {
  /** Before the first piece. */
  readonly head: readonly string[]
  /** The text of one chunk for one piece. */
  readonly chunkOf: (piece: string) => string
  readonly pieces: readonly string[]
  readonly tail: readonly string[]
  readonly errorEvent: string
}

/** Sends a stream at the client's pace, with the faults that were asked for, and records what was really sent. */
export async function streamOut(
  response: Response,
  call: ProviderCall,
  directives: Directives,
  plan: StreamPlan,
): Promise<void> {
  response
    .status(200)
    .set({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'request-id': call.id })
  response.on('close', () => {
    call.isAborted = !response.writableFinished
  })
  for (const text of plan.head) await write(response, text)
  for (const [index, piece] of plan.pieces.entries()) {
    if (response.destroyed) return
    if (directives.cutAfter === index) return cut(response)
    if (directives.cutMidEvent === index) {
      await write(response, plan.chunkOf(piece).slice(0, 17))
      return cut(response)
    }
    if (directives.errorEventAfter === index) return void response.end(plan.errorEvent)
    await write(response, plan.chunkOf(piece))
    call.outputTokens += 1
    if (directives.delayMs > 0) await wait(directives.delayMs)
  }
  if (response.destroyed) return
  for (const text of plan.tail) await write(response, text)
  call.isFinished = true
  response.end()
}

/** What was written goes out first: a socket that is destroyed takes it along. */
async function cut(response: Response): Promise<void> {
  await wait(30)
  response.socket?.destroy()
}

async function write(response: Response, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return
  await Promise.race([once(response, 'drain'), once(response, 'close')])
}
