import type { Logger } from 'pino'
import type { OnCallEnded } from './settle-request.ts'

/** Logs a warning for each call that cost more than its hold, after the commit: one of our ceilings is too low. */
export function tellMissedCeilings(logger: Logger): OnCallEnded {
  return ({ requestId, model }, parts) => {
    if (parts === null || parts.paid.missedMicrocredits === 0) return
    const { userId, heldMicrocredits, missedMicrocredits, shortfallMicrocredits } = parts.paid
    logger.warn(
      {
        ...{ requestId, userId, model, heldMicrocredits, shortfallMicrocredits },
        dueMicrocredits: heldMicrocredits + missedMicrocredits,
      },
      'a call cost more than was held for it; its user is marked',
    )
  }
}
