import type { IncomingHttpHeaders } from 'node:http'
import type { Agent, Dispatcher } from 'undici'
import { WholeBody } from './whole-body.ts'

export interface WholeAnswer {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly body: WholeBody
}

/**
 * Sends a request whose answer comes whole. It resolves with the head of the answer.
 * @throws undici's error where no answer came, or the signal's reason.
 */
export function forwardWhole(
  agent: Agent,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null
    let body: WholeBody | null = null
    const abort = (): void => controller?.abort(signal.reason)
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const finish = (): void => signal.removeEventListener('abort', abort)
    agent.dispatch(request, {
      onRequestStart(started) {
        controller = started
        if (signal.aborted) abort()
      },
      onResponseStart(started, statusCode, headers) {
        // What comes before the answer, such as 103, is none.
        if (statusCode < 200) return
        body = new WholeBody((reason) => started.abort(reason))
        resolve({ statusCode, headers, body })
      },
      onResponseData: (_started, part) => body?.add(part),
      onResponseEnd() {
        finish()
        body?.end()
      },
      onResponseError(_started, error) {
        finish()
        if (body === null) reject(error)
        else body.fail(error)
      },
    })
  })
}
