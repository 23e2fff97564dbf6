import { AppError } from '../kernel/app-error.ts'

const megabyte = 1024 * 1024

export interface BodyLimits {
  /** For one key, or one address where there is no key. */
  readonly ownerBytesMax: number
  readonly serverBytesMax: number
}

/** The bytes of request bodies that this process holds: those that come in, and those that have not been sent on. */
export interface BodiesInFlight {
  readonly bytes: number
  /**
   * @param announcedBytes how long the body will be; 0 where that is not known. Its owner has so much less from now on.
   * @throws AppError 429 `rate_limited` or 503 `overloaded` where there is no room for so much.
   */
  open(owner: BodyOwner, announcedBytes: number): BodyReservation
}

export interface BodyOwner {
  /** A user's id, whose keys share what a user has, or an address. */
  readonly name: string
  /** Whether somebody with credits sends it for a call that costs some. */
  readonly isPaying: boolean
}

/** What one body takes. */
export interface BodyReservation {
  /** Takes room for all that has come so far. @throws AppError as `open` does. */
  grow(totalBytes: number): void
  /**
   * Gives the room back; later calls do nothing.
   * @param isWasted the body was refused: for its owner it counts for a while longer, since nobody has paid for the work.
   */
  release(isWasted?: boolean): void
}

const smallBytesMax = megabyte
/** The rest of the room is for small bodies alone: large ones cannot shut them out. */
const shareOfLarge = 7 / 8
/** And the rest of that for large bodies of those who pay. */
const shareOfUnpaidLarge = 1 / 2
/**
 * From this part on a body may count on the room for the rest of it, so that of many that come together some come to
 * their end. Earlier it may not, or whoever only announces bodies would shut all others out.
 */
const believedShare = 1 / 4
/** How long a wasted body counts for its owner: what may be wasted is a megabyte a second. */
const wastedMsPerMegabyte = 1_000

export function createBodiesInFlight({ ownerBytesMax, serverBytesMax }: BodyLimits): BodiesInFlight {
  const bytesByOwner = new Map<string, number>()
  let serverBytes = 0

  const changeOwner = (owner: string, by: number): void => {
    const bytes = (bytesByOwner.get(owner) ?? 0) + by
    if (bytes > ownerBytesMax && by > 0) throw tooMuchOfOwner(ownerBytesMax)
    if (bytes === 0) bytesByOwner.delete(owner)
    else bytesByOwner.set(owner, bytes)
  }
  const refuseOver = ({ isPaying }: BodyOwner, total: number, more: number): void => {
    const share = total <= smallBytesMax ? 1 : isPaying ? shareOfLarge : shareOfUnpaidLarge
    if (serverBytes + more > serverBytesMax * share) throw tooMuch()
  }

  return {
    get bytes() {
      return serverBytes
    },
    open(owner, announcedBytes) {
      refuseOver(owner, announcedBytes, announcedBytes)
      changeOwner(owner.name, announcedBytes)
      let ofOwner = announcedBytes
      let ofServer = 0
      let isReleased = false
      return {
        grow(totalBytes) {
          if (totalBytes > ofOwner) {
            changeOwner(owner.name, totalBytes - ofOwner)
            ofOwner = totalBytes
          }
          const isBelieved = totalBytes > smallBytesMax && totalBytes >= announcedBytes * believedShare
          const taken = isBelieved ? Math.max(totalBytes, announcedBytes) : totalBytes
          if (taken <= ofServer) return
          refuseOver(owner, taken, taken - ofServer)
          serverBytes += taken - ofServer
          ofServer = taken
        },
        release(isWasted = false) {
          if (isReleased) return
          isReleased = true
          serverBytes -= ofServer
          const wastedBytes = isWasted ? Math.min(ofServer, ofOwner) : 0
          const laterMs = Math.floor((wastedBytes * wastedMsPerMegabyte) / megabyte)
          // A small one is not worth a timer.
          if (laterMs < 10) return changeOwner(owner.name, -ofOwner)
          changeOwner(owner.name, wastedBytes - ofOwner)
          setTimeout(() => changeOwner(owner.name, -wastedBytes), laterMs).unref()
        },
      }
    },
  }
}

function tooMuchOfOwner(bytesMax: number): AppError {
  return new AppError(
    'rate_limited',
    `Too many request bodies at once: ${Math.floor(bytesMax / megabyte)} MB may be on their way together. Wait for the answers, then go on.`,
    { retryAfterSeconds: 1 },
  )
}

function tooMuch(): AppError {
  return new AppError('overloaded', 'The server holds as many request bodies as it can. Try again in a moment.', {
    retryAfterSeconds: 1,
  })
}
