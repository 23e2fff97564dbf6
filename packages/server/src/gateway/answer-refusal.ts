import type { ServerResponse } from 'node:http'
import { answer } from '../http/answer.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AdmittedCall } from './admit.ts'
import type { UpstreamOutcome } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { readErrorMessage } from './read-error-message.ts'
import { identityOf, releaseRequest } from './settle-request.ts'

const errorBodyBytesMax = 1024 * 1024

/** Statuses that speak of our own account at the provider: not the client's business. */
const ourFailures = new Set([401, 402, 403, 408])

/**
 * The provider gave no answer: the hold goes back whole. Its own refusal of the request is relayed as it is, since
 * clients go by its wording; everything else is ours to answer.
 */
export async function answerRefusal(
  deps: GatewayDeps,
  call: AdmittedCall,
  upstream: UpstreamOutcome,
  response: ServerResponse,
): Promise<void> {
  const isRefusal =
    upstream.kind === 'response' &&
    upstream.status < 500 &&
    upstream.status !== 429 &&
    !ourFailures.has(upstream.status)
  const error = isRefusal ? null : failureOf(upstream)
  const body = isRefusal ? await upstream.body.readWhole(errorBodyBytesMax) : null
  if (upstream.kind === 'response' && !isRefusal) upstream.body.discard()
  const status = upstream.kind === 'response' ? upstream.status : null
  await releaseRequest(
    deps,
    {
      ...identityOf(call),
      ending: isRefusal ? 'upstream_rejected' : 'upstream_error',
      httpStatus: error?.status ?? status,
      errorCode: error?.code ?? null,
      upstreamRequestId: upstream.kind === 'response' ? upstream.requestId : null,
      firstByteAtMs: null,
    },
    deps.clock.nowMs(),
  )
  deps.logger.warn(
    {
      requestId: call.requestId,
      provider: call.model.provider,
      status,
      reason: upstream.kind === 'failed' ? upstream.reason : null,
    },
    'the provider did not answer',
  )
  if (error !== null || body === null || upstream.kind !== 'response') throw error ?? failureOf(upstream)
  if (call.prepared.translation !== null) throw inOtherWords(body)
  const headers = { 'opencredits-billed-to': 'credits', 'opencredits-charge': '0' }
  answer(response, upstream.status, { 'content-type': upstream.contentType, ...headers }, body)
}

function failureOf(upstream: UpstreamOutcome): AppError {
  if (upstream.kind === 'response' && upstream.status === 429) {
    return new AppError(
      'rate_limited',
      'The AI provider takes no more requests at the moment. Nothing was charged; try again later.',
      {
        retryAfterSeconds: upstream.retryAfterSeconds ?? 5,
      },
    )
  }
  return new AppError('upstream_error', 'The AI provider failed to answer. Nothing was charged; try again.')
}

/** The other family's refusal, told in the client's dialect. */
function inOtherWords(body: Buffer): AppError {
  return new AppError('invalid_request', readErrorMessage(body) ?? 'The AI provider refused the request.')
}
