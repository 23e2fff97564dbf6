import type { Logger } from 'pino'
import type { OnCallEnded } from './settle-request.ts'

/** Logs each call that came to more than was held for it, once that is committed. A ceiling of ours is wrong then. */
export function tellMissedCeilings(logger: Logger): OnCallEnded {
  return ({ requestId, model }, parts) => {
    if (parts === null || parts.paid.missedMicrocredits === 0) return
    const { userId, heldMicrocredits, missedMicrocredits, shortfallMicrocredits } = parts.paid
    logger.warn(
      {
        ...{ requestId, userId, model, heldMicrocredits, shortfallMicrocredits },
        dueMicrocredits: heldMicrocredits + missedMicrocredits,
      },
      'a call came to more than was held for it; its user is marked',
    )
  }
}
