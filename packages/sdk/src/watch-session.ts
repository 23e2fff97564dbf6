import type { CheckoutSessionResponse } from '@opencredits/protocol'
import { callApi } from './api.ts'
import type { PendingSession } from './key-store.ts'
import { OpenCreditsError } from './options.ts'

export interface WatchOutcome {
  readonly status: 'complete' | 'expired' | 'failed' | 'gone'
  readonly session: CheckoutSessionResponse | null
}

const firstDelayMs = 1000
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
      if (error instanceof OpenCreditsError && (error.status === 401 || error.status === 404))
        return { status: 'gone', session: null }
    }
    const delayMs = Math.min(firstDelayMs * 1.5 ** tries, tries < patientTries ? patientDelayMs : rareDelayMs)
    await waitUnlessAborted(delayMs, signal)
  }
  return null
}

function waitUnlessAborted(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs)
    signal.addEventListener('abort', () => resolve())
  })
}
