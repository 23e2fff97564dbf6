import type { Microcredits } from '../kernel/microcredits.ts'
import { type AccountId, parseAccountId } from './chart-of-accounts.ts'

/** Why money moved. Append only. */
export type TransferCode =
  | 'purchase'
  | 'refund'
  | 'refund_reversal'
  | 'dispute'
  | 'dispute_reversal'
  | 'grant'
  | 'merge'
  /** A guest's purchase that was added to an account by its e-mail; the cause is the purchase. */
  | 'claim'
  /** What a guest owed when it was merged: the operator pays it, not the account. */
  | 'guest_debt'
  | 'usage_cost'
  | 'usage_share'
  | 'usage_fee'
  | 'shortfall_cost'
  /** Only on calls settled before migration 004: the operator paid shares that users could not. */
  | 'shortfall_share'
  | 'payout'

/** An amount moved from one account to another, for good: it is never changed, only answered by another transfer. */
export interface Transfer {
  /** Derived from the cause (`purchase:<id>`), so that the same cause makes the same transfer. */
  readonly id: string
  /** Gives. */
  readonly debitAccount: AccountId
  /** Receives. */
  readonly creditAccount: AccountId
  readonly amountMicrocredits: Microcredits
  readonly code: TransferCode
  readonly causeId: string
}

export type TransferRefusal =
  | 'id_must_not_be_empty'
  | 'cause_must_not_be_empty'
  | 'amount_must_be_positive'
  | 'accounts_must_differ'
  | 'debit_account_unknown'
  | 'credit_account_unknown'
  | 'exists_with_different_fields'

/** The checks that need no store, in order; the first that fails is named. */
export function checkTransfer(transfer: Transfer): TransferRefusal | null {
  if (transfer.id === '') return 'id_must_not_be_empty'
  if (transfer.causeId === '') return 'cause_must_not_be_empty'
  if (!Number.isSafeInteger(transfer.amountMicrocredits) || transfer.amountMicrocredits <= 0)
    return 'amount_must_be_positive'
  if (parseAccountId(transfer.debitAccount) === null) return 'debit_account_unknown'
  if (parseAccountId(transfer.creditAccount) === null) return 'credit_account_unknown'
  if (transfer.debitAccount === transfer.creditAccount) return 'accounts_must_differ'
  return null
}
