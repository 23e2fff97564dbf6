import { hourMs, minuteMs, secondMs } from '../kernel/clock.ts'

/** Waits after the first, second … failed attempt, about three days in all. */
const waitsMs = [
  ...[5 * secondMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 5 * hourMs],
  ...[10 * hourMs, 14 * hourMs, 20 * hourMs, 24 * hourMs],
]

export const attemptsMax = waitsMs.length + 1

/** An endpoint may ask for more time than the schedule gives it, up to a day. */
export const retryAfterMsMax = 24 * hourMs

export interface FailedAttempt {
  /** From 1, since the delivery was last queued. */
  readonly attemptInRound: number
  /** From the answer's `retry-after`. */
  readonly retryAfterMs: number | null
  /** From 0 to 1: what failed at once is not tried again at once. */
  readonly random: number
}

/** How long to wait until the next attempt, ± 20 %; null after the last one. */
export function waitAfter({ attemptInRound, retryAfterMs, random }: FailedAttempt): number | null {
  const waitMs = waitsMs[attemptInRound - 1]
  if (waitMs === undefined) return null
  const jittered = Math.round(waitMs * (0.8 + 0.4 * random))
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, retryAfterMsMax))
}
