import type { ServerResponse } from 'node:http'
import { answer } from '../http/answer.ts'
import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import type { AdmittedCall } from './admit.ts'
import type { UpstreamOutcome } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { measureUsage } from './measure-usage.ts'
import { readWhole } from './read-whole.ts'
import { type EndedCall, identityOf, releaseRequest, settleRequest } from './settle-request.ts'

type UpstreamResponse = Extract<UpstreamOutcome, { kind: 'response' }>

const answerBytesMax = 64 * 1024 * 1024

/**
 * Answers a call that is no stream: the provider's bytes, once they are whole and charged. A client that has left by
 * then is charged as well, since the provider has done its work, and can read the record.
 */
export async function answerJson(
  deps: GatewayDeps,
  call: AdmittedCall,
  upstream: UpstreamResponse,
  response: ServerResponse,
): Promise<void> {
  const body = await readWhole(upstream.body, answerBytesMax)
  const said = body === null ? null : parseAnswer(body)
  const ended = {
    ...identityOf(call),
    httpStatus: upstream.status,
    errorCode: null,
    upstreamRequestId: upstream.requestId,
    firstByteAtMs: deps.clock.nowMs(),
  }
  if (body === null || said === null) return refuseUnreadable(deps, ended)
  const measured = measureUsage(call, call.prepared.readUsage(said), call.prepared.readOutputText(said))
  const { translation } = call.prepared
  const translated = translation === null ? body : translation.translateAnswer(said, measured.usage)
  if (translated === null) return refuseUnreadable(deps, ended)
  const charged = await settleRequest(
    deps,
    {
      ...ended,
      ending: 'completed',
      measured,
      terms: call.terms,
      partnerId: call.key.partnerId,
      budgetMicrocredits: call.budget?.amountMicrocredits ?? null,
    },
    deps.clock.nowMs(),
  )
  const headers = {
    'content-type': translation === null ? upstream.contentType : 'application/json',
    'opencredits-billed-to': 'credits',
    'opencredits-charge': String(creditsFromMicrocredits(charged)),
    ...(call.isClamped ? { 'opencredits-max-tokens': String(call.maxTokensSent) } : {}),
  }
  answer(response, upstream.status, headers, Buffer.isBuffer(translated) ? translated : JSON.stringify(translated))
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
