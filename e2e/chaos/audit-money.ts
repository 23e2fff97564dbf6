import type { StripeRecord } from '@opencredits/sandbox'
import type { Books, TransferRow } from './books.ts'
import type { Difference } from './difference.ts'
import type { SeenPurchase } from './shop.ts'
import { trueCost, trueShare } from './true-price.ts'

/** One US cent buys one credit. */
const microcreditsPerCent = 1_000_000

export interface MoneyTruth {
  readonly stripe: StripeRecord
  readonly purchases: readonly SeenPurchase[]
  readonly books: Books
  /** The `max_tokens` of calls that were planned to miss their ceiling; no other call asks for as many. */
  readonly missing: ReadonlySet<number>
}

/** Compares what was really paid with what was credited, and every wallet with what it got and gave. */
export function auditMoney(truth: MoneyTruth): readonly Difference[] {
  return [
    ...paidButNotCredited(truth),
    ...creditedButNotPaid(truth),
    ...mixedUp(truth),
    ...wrongWallets(truth),
    ...paidByTheOperator(truth),
    ...wrongMarks(truth),
  ]
}

/** What the operator paid in place of users, over all calls. */
export function sumPaidByTheOperator({ transfers }: Books): number {
  return -balanceOf(transfers, 'operator:shortfall')
}

/** The operator pays for no call but those that were planned to miss their ceiling. */
function paidByTheOperator({ books, missing }: MoneyTruth): readonly Difference[] {
  const planned = new Set(books.requests.filter((row) => missing.has(row.maxTokens ?? 0)).map(({ id }) => id))
  return books.transfers
    .filter(({ debit, causeId }) => debit === 'operator:shortfall' && !planned.has(causeId))
    .map(({ code, causeId, amount }) => ({ kind: 'paid_by_operator', about: causeId, detail: `${amount} as ${code}` }))
}

/** A user is marked if and only if a call of theirs cost more than its hold. */
function wrongMarks({ books }: MoneyTruth): readonly Difference[] {
  const missed = new Set(
    books.requests
      .filter((row) => row.state === 'settled' && !row.isEstimated)
      .filter((row) => row.hold < trueCost(row.model, row) + trueShare(trueCost(row.model, row)))
      .map(({ userId }) => userId),
  )
  return [
    ...[...missed].filter((id) => !books.marked.has(id)).map((about) => ({ kind: 'not_marked', about, detail: '' })),
    ...[...books.marked]
      .filter((id) => !missed.has(id))
      .map((about) => ({ kind: 'marked_for_nothing', about, detail: '' })),
  ]
}

function paidButNotCredited({ stripe, books }: MoneyTruth): readonly Difference[] {
  return stripe.payments.flatMap((payment) => {
    if (payment.paid === 0) return []
    const purchase = books.purchases.find(({ sessionId }) => sessionId === payment.sessionId)
    const of = (kind: string, detail: string) => ({ kind, about: payment.sessionId, detail })
    if (purchase === undefined) return [of('paid_unknown', `${payment.paid} cents for no purchase`)]
    const credits = books.transfers.filter(({ code, causeId }) => code === 'purchase' && causeId === purchase.id)
    const [credit] = credits
    if (credit === undefined) return [of('paid_not_credited', `purchase ${purchase.id} is ${purchase.status}`)]
    if (credits.length > 1) return [of('credited_twice', `${credits.length} transfers`)]
    const found: Difference[] = []
    if (credit.amount !== payment.paid * microcreditsPerCent)
      found.push(of('credited_wrongly', `${payment.paid} cents made ${credit.amount} microcredits`))
    if (credit.credit !== `wallet:${purchase.userId}`) found.push(of('credited_to_other', credit.credit))
    if (purchase.status !== 'complete') found.push(of('purchase_status', purchase.status))
    return found
  })
}

function creditedButNotPaid({ stripe, books }: MoneyTruth): readonly Difference[] {
  const paid = new Set(stripe.payments.filter((payment) => payment.paid > 0).map(({ sessionId }) => sessionId))
  return books.transfers
    .filter(({ code }) => code === 'purchase')
    .filter(({ causeId }) => !paid.has(books.purchases.find(({ id }) => id === causeId)?.sessionId ?? ''))
    .map((transfer) => ({ kind: 'credited_not_paid', about: transfer.causeId, detail: `${transfer.amount}` }))
}

/** All that one key bought is one user's. */
function mixedUp({ purchases, books }: MoneyTruth): readonly Difference[] {
  const owners = new Map<string, Set<string>>()
  for (const { sessionId, userKey } of purchases) {
    const owner = books.purchases.find((purchase) => purchase.sessionId === sessionId)?.userId ?? 'nobody'
    owners.set(userKey, (owners.get(userKey) ?? new Set()).add(owner))
  }
  return [...owners.values()]
    .filter((users) => users.size > 1)
    .map((users) => ({ kind: 'purchases_of_several', about: [...users].join(' '), detail: 'bought with one key' }))
}

function wrongWallets({ books }: MoneyTruth): readonly Difference[] {
  return books.wallets.flatMap(({ userId, posted, held }) => {
    const found: Difference[] = []
    const sum = balanceOf(books.transfers, `wallet:${userId}`)
    if (sum !== posted) found.push({ kind: 'wallet', about: userId, detail: `transfers say ${sum}, it says ${posted}` })
    const lowest = lowestBalanceOf(books.transfers, `wallet:${userId}`)
    if (lowest < 0) found.push({ kind: 'below_zero', about: userId, detail: `at its lowest it was ${lowest}` })
    if (held !== 0) found.push({ kind: 'still_held', about: userId, detail: String(held) })
    return found
  })
}

/** A later purchase may hide that a wallet was overdrawn; nobody is refunded here, so it never may be. */
function lowestBalanceOf(transfers: readonly TransferRow[], account: string): number {
  let balance = 0
  let lowest = 0
  for (const transfer of transfers) {
    balance += balanceOf([transfer], account)
    lowest = Math.min(lowest, balance)
  }
  return lowest
}

function balanceOf(transfers: readonly TransferRow[], account: string): number {
  return transfers.reduce(
    (sum, { debit, credit, amount }) => sum + (credit === account ? amount : 0) - (debit === account ? amount : 0),
    0,
  )
}
