import { AppError } from '../kernel/app-error.ts'
import { type Clock, minuteMs, secondMs } from '../kernel/clock.ts'
import { creditsFromMicrocredits, type Microcredits } from '../kernel/microcredits.ts'
import { worldNowMs } from '../kernel/world-clock.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { readBudgetLeft } from '../keys/read-spendable.ts'
import { readWallet } from '../ledger/balance.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** Refuses those who have nothing left, before their bodies are read: nobody would pay for that work. */
export interface FundsLook {
  /**
   * Null for a key with which a call was admitted lately, or that was read with credits a moment ago: the store is not
   * asked for every call. Whether a call may be
   * sent is for its admission alone to decide.
   * @returns a promise that rejects with AppError 402 `insufficient_credits` or `key_budget_exceeded`.
   */
  refuseEmpty(key: AuthenticatedKey): Promise<void> | null
  /** A call of this key was admitted. */
  noteAdmitted(key: AuthenticatedKey): void
  /** A call of this key was not covered. */
  noteRefused(key: AuthenticatedKey): void
}

/** A wallet that has been emptied since costs the server one body: its refusal is remembered. */
const believedMs = 10 * minuteMs
/** The first call of a key finds the wallet read with the key itself. */
const seenMs = 2 * secondMs
const rememberedMax = 50_000

export function createFundsLook(deps: {
  readonly db: DatabaseReader
  readonly clock: Clock
  readonly publicUrl: string
}): FundsLook {
  const admittedAtMs = new Map<string, number>()

  const look = async (key: AuthenticatedKey): Promise<void> => {
    const { availableMicrocredits } = await readWallet(deps.db, key.userId)
    if (availableMicrocredits <= 0) throw emptyWallet(availableMicrocredits, deps.publicUrl)
    const left = await readBudgetLeft(deps.db, key, worldNowMs(deps.clock.nowMs(), key))
    if (left !== null && left <= 0) throw emptyBudget(left)
  }
  return {
    refuseEmpty(key) {
      const nowMs = deps.clock.nowMs()
      const atMs = admittedAtMs.get(key.keyId)
      if (atMs !== undefined && nowMs - atMs < believedMs) return null
      const isUnlimited = key.budget === null && key.guestBudgetId === null
      const isSeenFunded = key.wasFunded && isUnlimited && nowMs - key.readAtMs < seenMs
      return isSeenFunded ? null : look(key)
    },
    noteAdmitted(key) {
      if (admittedAtMs.size >= rememberedMax) admittedAtMs.clear()
      admittedAtMs.set(key.keyId, deps.clock.nowMs())
    },
    noteRefused: (key) => void admittedAtMs.delete(key.keyId),
  }
}

function emptyWallet(available: Microcredits, publicUrl: string): AppError {
  return refusal(
    'insufficient_credits',
    available,
    `Insufficient credits: ${readable(available)} left. Top up in the app, or at ${publicUrl}/account.`,
  )
}

function emptyBudget(left: Microcredits): AppError {
  return refusal(
    'key_budget_exceeded',
    left,
    `This key's budget is used up: ${readable(left)} credits left in it. Raise its budget or use another key.`,
  )
}

function refusal(
  code: 'insufficient_credits' | 'key_budget_exceeded',
  availableMicrocredits: Microcredits,
  message: string,
): AppError {
  return new AppError(code, message, {
    headers: { 'x-should-retry': 'false' },
    funds: { availableMicrocredits, neededMicrocredits: null },
  })
}

function readable(amount: Microcredits): string {
  const format = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2, roundingMode: 'floor' })
  return format.format(creditsFromMicrocredits(amount))
}
