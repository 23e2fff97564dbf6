import type { CheckoutSessionResponse } from '@opencredits/protocol'
import { callApi } from './api.ts'
import type { PendingSession } from './key-store.ts'

export interface WatchOutcome {
  readonly status: 'complete' | 'expired' | 'failed' | 'gone'
  readonly session: CheckoutSessionResponse | null
}

const delaysMs = [1000, 1500, 2000, 3000, 5000]
/** Somebody who pays does so within minutes; after that it is asked for rarely. */
const patientDelayMs = 10_000
const patientTries = 30
const rareDelayMs = 60_000

/**
 * Asks the server until a session has ended, less and less often; only the server knows. Trouble on the way is waited
 * out. Resolves with null when it is told to stop.
 */
export async function watchSession(
  baseUrl: string,
  pending: PendingSession,
  signal: AbortSignal,
): Promise<WatchOutcome | null> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      const session = await callApi<CheckoutSessionResponse>(baseUrl, `/v1/checkout/sessions/${pending.sessionId}`, {
        userKey: pending.userKey,
      })
      if (session.status === 'complete' || session.status === 'expired' || session.status === 'failed')
        return { status: session.status, session }
    } catch (error) {
      const status = error instanceof Object && 'status' in error ? error.status : null
      if (status === 401 || status === 404) return { status: 'gone', session: null }
    }
    await waitUnlessAborted(delaysMs[tries] ?? (tries < patientTries ? patientDelayMs : rareDelayMs), signal)
  }
  return null
}

function waitUnlessAborted(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
