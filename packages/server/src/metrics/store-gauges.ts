import { sql } from 'kysely'
import { Gauge, type Registry } from 'prom-client'
import { type Clock, minuteMs, secondMs } from '../kernel/clock.ts'
import { readBalances } from '../ledger/balance.ts'
import { operatorAccountsOf } from '../ledger/chart-of-accounts.ts'
import type { Database } from '../store/open-database.ts'

const keptMs = 5 * secondMs
const patienceMs = 2 * secondMs
const serverIsLiveForMs = 15 * secondMs
const purchaseIsLateAfterMs = 15 * minuteMs

type Figures = Readonly<Record<keyof typeof plainGauges, number>> & { readonly balances: ReadonlyMap<string, number> }

/**
 * Every figure that the store knows, the same on each server of an installation: take the maximum, not the sum. Money, and
 * what people have to look after, is of the live world alone.
 */
const plainGauges = {
  opencredits_ledger_transfers: 'Number of the newest ledger transfer.',
  opencredits_holds_open: 'Holds that are neither settled nor released.',
  opencredits_holds_held_microcredits: 'Microcredits set aside by open holds.',
  opencredits_holds_expired: 'Open holds past their time: recovery should have resolved them.',
  opencredits_stripe_events_parked: 'Stripe events that speak of something unknown here.',
  opencredits_stripe_events_parked_oldest_seconds: 'Age of the oldest parked event.',
  opencredits_purchases_unsettled: 'Purchases that are open or in processing.',
  opencredits_purchases_overdue: 'Unsettled purchases whose session ended more than 15 minutes ago.',
  opencredits_users_marked: 'Users with a call that cost more than was held for it, until an operator clears the mark.',
  opencredits_batches_open: 'Batches that are not settled.',
  opencredits_batches_stranded:
    'Batches whose provider does not show them any more: a key that made one is gone. Nothing of them is charged.',
  opencredits_servers_live: 'Servers that have given a sign of life in the last 15 seconds.',
} as const

/** Gauges of what is in the store: read when asked for, kept for five seconds, left out while the store does not answer. */
export function createStoreGauges(
  registry: Registry,
  deps: { readonly db: Database; readonly clock: Clock },
): { refresh(): Promise<void> } {
  const up = new Gauge({
    name: 'opencredits_store_up',
    help: '1 when the store answered this scrape within two seconds.',
    registers: [registry],
  })
  const gauges = Object.entries(plainGauges).map(
    ([name, help]) => [name as keyof typeof plainGauges, new Gauge({ name, help, registers: [registry] })] as const,
  )
  const balances = new Gauge({
    name: 'opencredits_account_balance_microcredits',
    help: 'Balance of the operator’s accounts; operator:shortfall is what the operator paid in place of users (below zero).',
    labelNames: ['account'] as const,
    registers: [registry],
  })
  let readAtMs = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null

  const read = async () => {
    try {
      const figures = await withPatience(readFigures(deps.db, deps.clock.nowMs()))
      for (const [name, gauge] of gauges) gauge.set(figures[name])
      for (const [account, balance] of figures.balances) balances.set({ account }, balance)
      up.set(1)
      readAtMs = deps.clock.nowMs()
    } catch {
      // An unknown figure is not told as the one that was true a minute ago, nor as 0.
      for (const [, gauge] of gauges) gauge.remove()
      balances.reset()
      up.set(0)
      readAtMs = Number.NEGATIVE_INFINITY
    }
  }
  return {
    async refresh() {
      if (deps.clock.nowMs() - readAtMs < keptMs) return
      reading ??= read().finally(() => {
        reading = null
      })
      await reading
    },
  }
}

async function readFigures(db: Database, nowMs: number): Promise<Figures> {
  const number = (value: unknown) => Number(value ?? 0)
  const row = async (query: ReturnType<typeof sql<Record<string, unknown>>>) => (await query.execute(db)).rows[0] ?? {}
  const holds = await row(sql`
    select count(*) as open, sum(case when users.livemode = 1 then amount_microcredits else 0 end) as held,
      sum(case when expires_at_ms < ${nowMs} then 1 else 0 end) as expired
    from holds join users on users.id = holds.user_id`)
  const transfers = await row(sql`select max(seq) as newest from transfers`)
  const parked = await row(
    sql`select count(*) as parked, min(received_at_ms) as oldest from stripe_events where state = 'parked' and livemode = 1`,
  )
  const purchases = await row(sql`
    select count(*) as unsettled, sum(case when expires_at_ms < ${nowMs - purchaseIsLateAfterMs} then 1 else 0 end) as overdue
    from purchases where status in ('open', 'processing') and livemode = 1`)
  const servers = await row(
    sql`select count(*) as live from servers where heartbeat_at_ms >= ${nowMs - serverIsLiveForMs}`,
  )
  const users = await row(sql`select count(*) as marked from users where marked_at_ms is not null and livemode = 1`)
  const batches = await row(sql`
    select count(*) as open, sum(case when state = 'stranded' then 1 else 0 end) as stranded
    from batches where settled_at_ms is null and livemode = 1`)
  const read = await readBalances(db)
  const balances = new Map(operatorAccountsOf(true).map((account) => [account, Number(read.get(account) ?? 0n)]))
  return {
    opencredits_ledger_transfers: number(transfers.newest),
    opencredits_holds_open: number(holds.open),
    opencredits_holds_held_microcredits: number(holds.held),
    opencredits_holds_expired: number(holds.expired),
    opencredits_stripe_events_parked: number(parked.parked),
    opencredits_stripe_events_parked_oldest_seconds:
      parked.oldest === null ? 0 : (nowMs - number(parked.oldest)) / secondMs,
    opencredits_purchases_unsettled: number(purchases.unsettled),
    opencredits_purchases_overdue: number(purchases.overdue),
    opencredits_users_marked: number(users.marked),
    opencredits_batches_open: number(batches.open),
    opencredits_batches_stranded: number(batches.stranded),
    opencredits_servers_live: number(servers.live),
    balances,
  }
}

/** A scraper waits ten seconds at most, and a store that hangs must not hide the other figures. */
async function withPatience<Result>(work: Promise<Result>): Promise<Result> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('the store did not answer in time')), patienceMs)
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
