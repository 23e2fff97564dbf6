import { secondMs } from '../kernel/clock.ts'
import type { StreamMeter } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'
import type { Exchange } from './exchange.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { guessPrompt } from './guess-prompt.ts'
import { createHoldGrowth, type HoldGrowth } from './hold-growth.ts'
import type { RunningCall } from './in-flight.ts'

/** Why a call was stopped before its provider had said its last word. */
export type StopReason = 'client_gone' | 'shutdown' | 'credits_exhausted' | 'failed'

/** One call from its sending to its end: who may stop it, why it was stopped, and what it holds. */
export interface CallControl {
  /** Aborts the call to the provider. */
  readonly signal: AbortSignal
  readonly sentAtMs: number
  /** Null while it is not stopped. The first reason counts. */
  readonly stoppedFor: StopReason | null
  /** What broke on our side, where it was stopped for that. */
  readonly failure: unknown
  /**
   * A client that has left does not stop the provider: what it has begun would be billed to the operator without a
   * count. Its answer is read on, for `CLIENT_GONE_READ_MAX_MS` at most.
   */
  readonly isClientGone: boolean
  /** Whether tokens may be generated that no text will show. */
  readonly mayThinkUnseen: boolean
  readonly growth: HoldGrowth
  /** See `guess-prompt.ts`. */
  guessPromptTokens(): number
  /** It goes out now, later than it was registered: what it waited for took time. */
  noteSent(): void
  /** From here on its progress is known by more than the time. */
  follow(meter: StreamMeter): void
  /** @param listener is called once, when the client leaves; at once where it has left. */
  onceClientGone(listener: () => void): void
  stop(reason: StopReason, failure?: unknown): void
  /** Ends the call to the provider, whose answer has ended: what it may still send is of no use. */
  hangUp(): void
  finish(): void
}

type ControlDeps = Pick<
  GatewayDeps,
  'db' | 'clock' | 'counter' | 'inFlight' | 'saidCounter' | 'speeds' | 'clientGoneReadMsMax'
>

/** Registers a call as running: it is about to be sent, and its time begins. */
export function startCall(
  deps: ControlDeps,
  call: AdmittedCall,
  { response, place }: Pick<Exchange, 'response' | 'place'>,
): CallControl {
  const abort = new AbortController()
  let sentAtMs = deps.clock.nowMs()
  const thinksUnseen = call.plan.wish.mayThinkUnseen
  let meter: StreamMeter | null = null
  let stoppedFor: StopReason | null = null
  let failure: unknown = null
  let isClientGone = false
  let goneTimer: NodeJS.Timeout | undefined
  const leaveListeners: (() => void)[] = []

  const stop = (reason: StopReason, cause: unknown = null): void => {
    if (stoppedFor !== null) return
    stoppedFor = reason
    failure = cause
    abort.abort()
  }
  const leavePlace = place.keep()
  const growth = createHoldGrowth(deps, call, {
    sentAtMs: () => sentAtMs,
    mayThinkUnseen: thinksUnseen,
    onRefused: () => stop('credits_exhausted'),
    onFailed: (error) => stop('failed', error),
  })
  const running: RunningCall = {
    requestId: call.requestId,
    progress: () => progressOf(deps, call, { meter, growth, thinksUnseen, sentAtMs }),
    cut: () => stop('shutdown'),
  }
  const noteClose = (): void => {
    if (response.writableFinished) return
    isClientGone = true
    goneTimer = setTimeout(() => stop('client_gone'), deps.clientGoneReadMsMax)
    for (const listener of leaveListeners) listener()
  }
  // One that left while its call was admitted will not say so again.
  if (response.closed) noteClose()
  else response.once('close', noteClose)
  const leaveFlight = deps.inFlight.add(running)
  return {
    signal: abort.signal,
    get sentAtMs() {
      return sentAtMs
    },
    mayThinkUnseen: thinksUnseen,
    growth,
    guessPromptTokens: guessPrompt(deps, call),
    get stoppedFor() {
      return stoppedFor
    },
    get failure() {
      return failure
    },
    get isClientGone() {
      return isClientGone
    },
    noteSent() {
      sentAtMs = deps.clock.nowMs()
    },
    follow(followed) {
      meter = followed
      growth.follow(followed)
    },
    onceClientGone: (listener) => (isClientGone ? listener() : void leaveListeners.push(listener)),
    stop,
    hangUp: () => abort.abort(),
    finish() {
      response.off('close', noteClose)
      clearTimeout(goneTimer)
      growth.close()
      leavePlace()
      leaveFlight()
    },
  }
}

/**
 * On the low side: it counts only when a server dies in the middle of a stream, and then nobody is to pay for more than was
 * generated. Prose has some 4.5 bytes a token.
 */
const bytesPerToken = 5.5
/** A younger call is not marked: most are over by then. */
const markedAgeMsMin = secondMs

/** What a call has used so far, for the progress marks: what was said, or what the time says of what is not shown. */
function progressOf(
  { clock, speeds }: Pick<GatewayDeps, 'clock' | 'speeds'>,
  { model, request }: AdmittedCall,
  at: {
    readonly meter: StreamMeter | null
    readonly growth: HoldGrowth
    readonly thinksUnseen: boolean
    readonly sentAtMs: number
  },
): ReturnType<RunningCall['progress']> {
  const elapsedMs = clock.nowMs() - at.sentAtMs
  if (elapsedMs < markedAgeMsMin) return null
  const reported = at.meter?.reported ?? {}
  const said = reported.outputTokens ?? Math.floor((at.meter?.outputBytes ?? 0) / bytesPerToken)
  const isShown = request.isStream && !at.thinksUnseen
  const unseen = isShown ? 0 : (elapsedMs / secondMs) * speeds.typicalTokensPerSecond(model) * request.answers
  const heldTokens = at.growth.heldTokens * request.answers
  return {
    inputTokens: reported.inputTokens ?? null,
    outputTokens: Math.floor(Math.max(said, Math.min(unseen, heldTokens))),
  }
}
