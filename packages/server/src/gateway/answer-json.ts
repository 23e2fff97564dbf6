import type { ServerResponse } from 'node:http'
import { answer } from '../http/answer.ts'
import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import type { AdmittedCall } from './admit.ts'
import { endingOf, type StreamEnding } from './end-stream.ts'
import { isTimeout, type UpstreamOutcome } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type MeasuredUsage, measureUsage } from './measure-usage.ts'
import { AnswerTooLong } from './read-whole.ts'
import type { CallControl } from './running-call.ts'
import { type BilledCall, type EndedCall, identityOf, releaseRequest, settleRequest } from './settle-request.ts'
import { errorOfFault } from './stream-fault.ts'
import { tellFault } from './tell-fault.ts'
import { wholeBytesMax } from './whole-body.ts'

type UpstreamResponse = Extract<UpstreamOutcome, { kind: 'response' }>

/**
 * Answers a call that is no stream: the provider's bytes, once they are whole and charged. A client that has left by
 * then is charged as well, since the provider has done its work, and can read the record.
 */
export async function answerJson(
  deps: GatewayDeps,
  call: AdmittedCall,
  upstream: UpstreamResponse,
  control: CallControl,
  response: ServerResponse,
): Promise<void> {
  let isTimedOut = false
  let isTooLong = false
  const body = await upstream.body.readWhole(wholeBytesMax, (error) => {
    isTimedOut = isTimeout(error)
    // Stopping the answer breaks it off once more.
    isTooLong ||= error instanceof AnswerTooLong
  })
  // The caller decides how long an answer gets, by `n` and `top_logprobs`: one that is not read is not free.
  if (isTooLong) return endUnanswered(deps, call, upstream, control, tooLong())
  if (body === null && (isTimedOut || control.stoppedFor !== null)) return endUnanswered(deps, call, upstream, control)
  const said = body === null ? null : parseAnswer(body)
  const ended = {
    ...identityOf(call),
    httpStatus: upstream.status,
    errorCode: null,
    upstreamRequestId: upstream.requestId,
    firstByteAtMs: deps.clock.nowMs(),
  }
  if (body === null || said === null) return refuseUnreadable(deps, ended)
  const elapsedMs = deps.clock.nowMs() - control.sentAtMs
  const reported = call.prepared.readUsage(said)
  const measured = await measureUsage(deps, call, {
    reported: reported ?? {},
    isUsageFinal: reported !== null,
    outputText: () => call.prepared.readOutputText(said),
    unseenMs: control.mayThinkUnseen ? elapsedMs : 0,
    heldMicrocredits: control.growth.heldMicrocredits,
  })
  const { translation, editor } = call.prepared
  const translated =
    translation === null ? (editor?.editAnswer(said) ?? body) : translation.translateAnswer(said, measured.usage)
  if (translated === null) return refuseUnreadable(deps, ended)
  if (measured.isEstimated) tellFault(deps, call, { fault: 'usage' }, null)
  else {
    const outputTokens = measured.usage.outputTokens / call.request.answers
    deps.speeds.note(call.model, { outputTokens, elapsedMs })
  }
  const ending = control.isClientGone ? 'client_gone' : 'completed'
  const charged = await settleRequest(deps, billed(call, { ...ended, ending }, measured), deps.clock.nowMs())
  if (control.isClientGone) return
  const headers = {
    'content-type': translation === null ? upstream.contentType : 'application/json',
    'opencredits-billed-to': 'credits',
    'opencredits-charge': String(creditsFromMicrocredits(charged)),
    ...(call.isClamped ? { 'opencredits-max-tokens': String(call.maxTokensSent) } : {}),
  }
  answer(response, upstream.status, headers, Buffer.isBuffer(translated) ? translated : JSON.stringify(translated))
  call.memory?.keep()
}

/**
 * Ends a call that was sent and whose answer did not come in the time that there was. The provider has worked for it, so
 * it is charged by its time, at most what was held.
 * @throws AppError for the client that still waits.
 */
export async function endUnanswered(
  deps: GatewayDeps,
  call: AdmittedCall,
  upstream: UpstreamResponse | null,
  control: CallControl,
  lost: StreamEnding = timedOut(),
): Promise<void> {
  const stopped = control.stoppedFor === null ? lost : endingOf(control, notCounted)
  const error = stopped.ending === 'credits_exhausted' ? ranOut() : stopped.error
  tellFault(deps, call, stopped, control.failure)
  const measured = await measureUsage(deps, call, {
    reported: {},
    isUsageFinal: false,
    outputText: () => '',
    unseenMs: deps.clock.nowMs() - control.sentAtMs,
    heldMicrocredits: control.growth.heldMicrocredits,
  })
  const ended = {
    ...identityOf(call),
    ending: stopped.ending,
    httpStatus: error?.status ?? null,
    errorCode: error?.code ?? null,
    upstreamRequestId: upstream?.requestId ?? null,
    firstByteAtMs: null,
  } as const
  await settleRequest(deps, billed(call, ended, measured), deps.clock.nowMs())
  if (error !== null && !control.isClientGone) throw error
}

function timedOut(): StreamEnding {
  return { ending: 'upstream_cut', error: errorOfFault('timeout'), fault: 'timeout' }
}

function tooLong(): StreamEnding {
  return { ending: 'upstream_cut', error: errorOfFault('unreadable'), fault: 'unreadable' }
}

/** Of a client that asked for a stream whose provider answered otherwise: nothing else that it could be told is there. */
function ranOut(): AppError {
  return new AppError(
    'insufficient_credits',
    'The credits ran out while the model worked; what it generated is charged.',
  )
}

const notCounted = { relayed: null, meter: { isUsageFinal: false } }

function billed(call: AdmittedCall, ended: EndedCall, measured: MeasuredUsage): BilledCall {
  return {
    ...ended,
    measured,
    terms: call.terms,
    partnerId: call.key.partnerId,
    budgetMicrocredits: call.budget?.amountMicrocredits ?? null,
  }
}

async function refuseUnreadable(deps: GatewayDeps, ended: Omit<EndedCall, 'ending'>): Promise<never> {
  await releaseRequest(
    deps,
    { ...ended, ending: 'unreadable_answer', httpStatus: 502, errorCode: 'upstream_error' },
    deps.clock.nowMs(),
  )
  throw new AppError('upstream_error', 'The AI provider’s answer could not be read. Nothing was charged; try again.')
}

function parseAnswer(body: Buffer): object | null {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'))
    return typeof answer === 'object' && answer !== null ? answer : null
  } catch {
    return null
  }
}
