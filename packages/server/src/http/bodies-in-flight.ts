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
  open(owner: string): BodyReservation
}

/** What one body takes. */
export interface BodyReservation {
  /** @throws AppError 429 `rate_limited` or 503 `overloaded` where there is no room for so much more. */
  add(bytes: number): void
  /** Throws as `add` would, and takes nothing: what is announced may never come. */
  expect(bytes: number): void
  /**
   * Gives the room back; later calls do nothing.
   * @param isWasted the body was refused: for its owner it counts for a while longer, since nobody has paid for the work.
   */
  release(isWasted?: boolean): void
}

/** Bodies up to this size always have a part of the room to themselves: large ones cannot shut them out. */
const smallBytesMax = megabyte
const shareOfLarge = 7 / 8
/** How long a wasted body counts for its owner: what may be wasted is a megabyte a second. */
const wastedMsPerMegabyte = 1_000

export function createBodiesInFlight({ ownerBytesMax, serverBytesMax }: BodyLimits): BodiesInFlight {
  const bytesByOwner = new Map<string, number>()
  let serverBytes = 0

  const change = (owner: string, by: number): void => {
    const bytes = (bytesByOwner.get(owner) ?? 0) + by
    if (bytes === 0) bytesByOwner.delete(owner)
    else bytesByOwner.set(owner, bytes)
  }
  const refuseOver = (owner: string, taken: number, more: number): void => {
    if ((bytesByOwner.get(owner) ?? 0) + more > ownerBytesMax) throw tooMuchOfOwner(ownerBytesMax)
    const room = taken + more > smallBytesMax ? serverBytesMax * shareOfLarge : serverBytesMax
    if (serverBytes + more > room) throw tooMuch()
  }

  return {
    get bytes() {
      return serverBytes
    },
    open(owner) {
      let taken = 0
      let isReleased = false
      return {
        expect: (bytes) => refuseOver(owner, taken, bytes),
        add(bytes) {
          if (bytes === 0) return
          refuseOver(owner, taken, bytes)
          change(owner, bytes)
          serverBytes += bytes
          taken += bytes
        },
        release(isWasted = false) {
          if (isReleased) return
          isReleased = true
          serverBytes -= taken
          const laterMs = isWasted ? Math.floor((taken * wastedMsPerMegabyte) / megabyte) : 0
          // A small one is not worth a timer.
          if (laterMs < 10) change(owner, -taken)
          else setTimeout(() => change(owner, -taken), laterMs).unref()
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
