import type { CheckoutSessionResponse } from '@opencredits/protocol'
import type { CheckoutApi } from './api.ts'
import type { OpenedSession } from './screen-state.ts'

const delaysMs = [500, 700, 1000, 1500, 2000]
const longestDelayMs = 3000

/** Asks the server how a session stands until it has ended: at once, then less and less often. Only the server knows. */
export async function pollSession(
  api: CheckoutApi,
  session: OpenedSession,
  signal: AbortSignal,
  onAnswer: (answer: CheckoutSessionResponse) => void,
): Promise<void> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    const answer = await api.findSession(session.sessionId, session.userKey).catch(() => null)
    if (signal.aborted) return
    if (answer !== null) {
      onAnswer(answer)
      if (answer.status !== 'open' && answer.status !== 'processing') return
    }
    await new Promise((resolve) => setTimeout(resolve, delaysMs[tries] ?? longestDelayMs))
  }
}
