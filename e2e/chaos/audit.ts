import { auditBatches, isOfBatch } from './audit-batches.ts'
import { auditCalls, traceCalls } from './audit-calls.ts'
import { auditMoney, sumPaidByTheOperator } from './audit-money.ts'
import { sumUnbilled } from './audit-usage.ts'
import { readBooks } from './books.ts'
import type { Difference } from './difference.ts'
import type { Installation } from './installation.ts'
import type { SeenCall } from './make-call.ts'
import type { SeenUser } from './run-user.ts'
import { isServerLost } from './server-loss.ts'

export interface AuditReport {
  readonly differences: readonly Difference[]
  readonly counts: Readonly<Record<string, number>>
}

/** The sandbox's own record of payments and tokens against the ledger; then the ledger against itself. */
export async function audit(installation: Installation, users: readonly SeenUser[]): Promise<AuditReport> {
  const all = await readBooks(installation.store)
  // Batches have prices and a record of their own.
  const books = { ...all, requests: all.requests.filter((row) => !isOfBatch(row)) }
  const billed = await installation.sandbox.providers.control.billedItems()
  const calls = users.flatMap((user) => user.calls)
  const upstream = await installation.sandbox.providers.control.calls()
  const stripe = await installation.sandbox.stripe.control.record()
  const verified = await installation.verifyLedger()
  const truth = {
    seen: calls,
    upstream,
    books,
    isServerLost: (call: SeenCall) => isServerLost(installation.servers, call),
  }
  const traced = traceCalls(truth)
  const differences = [
    ...auditCalls(truth),
    ...auditBatches(billed, all),
    ...auditMoney({
      ...{ stripe, purchases: users.flatMap(({ purchases }) => purchases), books },
      missing: new Set(calls.filter(({ plan }) => plan.missesCeiling).map(({ plan }) => plan.maxTokens)),
    }),
    ...installation.servers.flatMap(({ name, crashes }) =>
      crashes.map((detail) => ({ kind: 'server_crashed', about: name, detail })),
    ),
    ...books.holds.map(({ id, state }) => ({ kind: 'hold_left', about: id, detail: state })),
    ...verified.differences.map((one) => ({
      kind: 'ledger_verify',
      about: String(one.id),
      detail: `${one.kind}: expected ${one.expected}, is ${one.actual}`,
    })),
  ]
  if (!verified.ok && verified.differences.length === 0)
    differences.push({ kind: 'ledger_verify', about: 'books', detail: JSON.stringify(verified) })
  const count = (isCounted: (row: (typeof books.requests)[number]) => boolean) =>
    books.requests.filter(isCounted).length
  return {
    differences,
    counts: {
      calls: calls.length,
      finished: calls.filter(({ ending }) => ending === 'finished').length,
      left: calls.filter(({ ending }) => ending === 'left').length,
      refused: calls.filter(({ ending }) => ending === 'refused').length,
      refusedForCredits: calls.filter(({ ending, status }) => ending === 'refused' && status === 402).length,
      refusedByStore: calls.filter(({ ending, status }) => ending === 'refused' && status === 503).length,
      broken: calls.filter(({ ending }) => ending === 'broken').length,
      upstream: upstream.length,
      batchRequests: billed.length,
      settled: count(({ state }) => state === 'settled'),
      released: count(({ state }) => state === 'released'),
      recovered: count(({ ending }) => ending === 'recovered'),
      shortfalls: count(({ shortfall }) => shortfall > 0),
      paidByOperator: sumPaidByTheOperator(books),
      unbilled: sumUnbilled(traced, ({ seen, isServerLost: isLost }) => !isLost && !seen.plan.missesCeiling),
      unbilledOfLost: sumUnbilled(traced, ({ isServerLost: isLost }) => isLost),
      purchases: stripe.payments.filter(({ paid }) => paid > 0).length,
    },
  }
}
