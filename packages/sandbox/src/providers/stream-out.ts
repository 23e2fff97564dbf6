import { once } from 'node:events'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import type { Response } from 'express'
import type { ProviderCall } from './call-record.ts'
import type { Directives } from './directives.ts'
import type { Exchange } from './exchange.ts'
import { factsOf } from './measure/model-facts.ts'

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
  /** It belongs to the end of the answer. `usage`: the final counts come with it, or would have. */
  readonly ending?: 'end' | 'usage'
}

/** A stream without pauses still lets others have their turn. */
const framesPerTurn = 64

/** Sends a stream at the client's pace, with the faults that were asked for, and records what was really sent. */
export async function streamOut(exchange: Exchange, frames: Iterable<Frame>, errorEvent: string): Promise<void> {
  const { response, call, directives, gone } = exchange
  const delayMs = directives.delayMs > 0 ? directives.delayMs : exchange.pace.delayMs
  response.status(200).set({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.flushHeaders()
  if (directives.isNever) return
  let chunks = 0
  let sent = 0
  const rest = arrange(frames, directives)[Symbol.iterator]()
  for (let next = rest.next(); !next.done; next = rest.next()) {
    const frame = next.value
    if (gone.aborted) return leave(exchange, frame, rest)
    const fault = faultAt(directives, frame, chunks)
    if (fault === 'hang') return
    if (fault === 'error-event') return end(response, errorEvent)
    if (fault === 'cut-mid-event') await write(response, frame.text.slice(0, Math.ceil(frame.text.length / 2)), gone)
    if (fault !== null) return cut(response, call)
    if (frame.tokens !== undefined && directives.malformedAfter === chunks)
      await write(response, 'data: {"choices":[{"delta"\n\n', gone)
    if (frame.tokens !== undefined) chunks += 1
    const said = await think(exchange, frame)
    if (frame.ending === 'usage') await pause(directives.usageLateMs, gone)
    await write(response, frame.text, gone)
    if (gone.aborted) return leave(exchange, said, rest)
    note(call, said)
    sent += 1
    if (frame.tokens !== undefined && delayMs > 0) await pause(delayMs, gone)
    else if (sent % framesPerTurn === 0) await nextTurn()
  }
  if (gone.aborted) return
  if (directives.isHalf) call.isCut = true
  else call.isFinished = true
  return end(response, '')
}

/** The frames as a faulty provider sends them: half of them, or the end twice. */
function* arrange(frames: Iterable<Frame>, { isHalf, isTwice }: Directives): Generator<Frame> {
  if (isHalf) {
    const all = [...frames]
    const half = all.filter(({ tokens }) => tokens !== undefined).length / 2
    let chunks = 0
    for (const frame of all) {
      if (frame.tokens !== undefined) chunks += 1
      if (chunks > half || frame.ending !== undefined) return
      yield frame
    }
    return
  }
  const ending: Frame[] = []
  for (const frame of frames) {
    if (frame.ending !== undefined) ending.push(frame)
    yield frame
  }
  if (isTwice) yield* ending.map(({ text }) => ({ text }))
}

type Fault = 'hang' | 'cut' | 'cut-mid-event' | 'error-event'

function faultAt(directives: Directives, frame: Frame, chunks: number): Fault | null {
  if (frame.ending === 'usage' && directives.isHangingBeforeUsage) return 'hang'
  if (frame.tokens === undefined) return null
  if (directives.hangAfter === chunks) return 'hang'
  if (directives.cutAfter === chunks) return 'cut'
  if (directives.cutMidEvent === chunks) return 'cut-mid-event'
  return directives.errorEventAfter === chunks ? 'error-event' : null
}

/**
 * What is thought unseen takes its time, and is noted as it is thought: a caller who leaves meanwhile stops it.
 * @returns the frame without what has been noted
 */
async function think({ call, directives, gone }: Exchange, frame: Frame): Promise<Frame> {
  const { hiddenTokens = 0 } = frame
  const tokensPerSecond =
    directives.tokensPerSecond ?? (directives.isWorstOutput ? factsOf(call.model).tokensPerSecond : null)
  if (hiddenTokens === 0 || tokensPerSecond === null) return frame
  const startMs = performance.now()
  await pause((hiddenTokens / tokensPerSecond) * 1000, gone)
  const thought = gone.aborted ? Math.floor(((performance.now() - startMs) / 1000) * tokensPerSecond) : hiddenTokens
  noteTokens(call, { text: '', hiddenTokens: Math.min(thought, hiddenTokens) })
  return { ...frame, hiddenTokens: hiddenTokens - Math.min(thought, hiddenTokens) }
}

/** The caller is gone: the rest is not generated, unless this provider goes on alone. */
function leave({ call, directives }: Exchange, frame: Frame, rest: Iterator<Frame>): void {
  if (!directives.isGoingOn) return
  noteTokens(call, frame)
  for (let next = rest.next(); !next.done; next = rest.next()) noteTokens(call, next.value)
}

/** @returns early when the caller leaves. */
export async function pause(delayMs: number, gone: AbortSignal): Promise<void> {
  if (delayMs <= 0 || gone.aborted) return
  await wait(delayMs, undefined, { signal: gone }).catch(() => {})
}

function note(call: ProviderCall, frame: Frame): void {
  noteTokens(call, frame)
  if (frame.reported !== undefined) call.reported = frame.reported
}

function noteTokens(call: ProviderCall, { tokens = 0, thinkingTokens = 0, hiddenTokens = 0 }: Frame): void {
  call.outputTokens += tokens + hiddenTokens
  call.thinkingTokens += thinkingTokens + hiddenTokens
}

async function write(response: Response, text: string, gone: AbortSignal): Promise<void> {
  if (gone.aborted || response.write(text)) return
  await once(response, 'drain', { signal: gone }).catch(() => {})
}

async function end(response: Response, text: string): Promise<void> {
  response.end(text)
}

/** What was written goes out first: a socket that is destroyed at once takes it along. */
export async function cut(response: Response, call: ProviderCall): Promise<void> {
  call.isCut = true
  await nextTurn()
  response.socket?.destroySoon()
}
