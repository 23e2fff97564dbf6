import { microcreditsPerCredit } from '../kernel/microcredits.ts'

/** A wallet, and what happened to it since it was last looked at. */
export interface WalletLook {
  readonly postedMicrocredits: number
  /** All that went out since the last look. */
  readonly debitedMicrocredits: number
  /** When something last came in; null for nothing since the last look. */
  readonly creditedAtMs: number | null
}

export interface ToldBalances {
  readonly lowToldAtMs: number | null
  readonly emptyToldAtMs: number | null
}

/** What cannot be told from 0: less than one credit. */
const emptyBelowMicrocredits = microcreditsPerCredit
const rearmedAbove = 1.2

export interface BalanceDecision {
  readonly tell: 'low_balance' | 'empty_balance' | null
  /** Of the two, which may be told again. */
  readonly told: ToldBalances
}

/**
 * One mail when a balance falls below the threshold, and one more when it is used up. Each is told again only after the
 * balance was well above: 1.2 times the threshold, and for an empty one after anything came in.
 */
export function decideBalanceMail(
  wallet: WalletLook,
  before: ToldBalances,
  thresholdMicrocredits: number,
  nowMs: number,
): BalanceDecision {
  const isAbove = (limit: number, toldAtMs: number) => {
    // A wallet may have been filled and used up again between two looks.
    const wasFilled = wallet.creditedAtMs !== null && wallet.creditedAtMs > toldAtMs
    return wallet.postedMicrocredits + (wasFilled ? wallet.debitedMicrocredits : 0) > limit
  }
  const lowAt = before.lowToldAtMs
  const emptyAt = before.emptyToldAtMs
  const lowToldAtMs = lowAt !== null && isAbove(rearmedAbove * thresholdMicrocredits, lowAt) ? null : lowAt
  const emptyToldAtMs = emptyAt !== null && isAbove(emptyBelowMicrocredits, emptyAt) ? null : emptyAt
  const told = { lowToldAtMs, emptyToldAtMs }
  // What has just been bought is no news, however little it is.
  if (wallet.debitedMicrocredits === 0) return { tell: null, told }
  if (wallet.postedMicrocredits < emptyBelowMicrocredits && emptyToldAtMs === null)
    return { tell: 'empty_balance', told: { lowToldAtMs: lowToldAtMs ?? nowMs, emptyToldAtMs: nowMs } }
  if (wallet.postedMicrocredits < thresholdMicrocredits && lowToldAtMs === null)
    return { tell: 'low_balance', told: { lowToldAtMs: nowMs, emptyToldAtMs } }
  return { tell: null, told }
}
