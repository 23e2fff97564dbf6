import { Counter, Histogram, type Registry } from 'prom-client'
import type { InFlight } from '../gateway/in-flight.ts'
import { secondMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** Counts metered calls by their own rows, so that what is told here is what was booked. */
export interface CallMetrics {
  /** Call it when a call is over; its row is read later, in a batch, and no call waits for that. */
  ended(requestId: string): void
  /** The same calls in flight, watched: each that leaves has ended. */
  watch(inFlight: InFlight): InFlight
  /** Reads the rows of what has ended. A store that does not answer leaves them for the next time. */
  fold(): Promise<void>
}

const batch = 200
/** Beyond this, what the store did not let us read is forgotten, oldest first. */
const waitingMax = 20_000

export function createCallMetrics(registry: Registry, db: Database): CallMetrics {
  const count = createCallCounters(registry)
  const waiting = new Set<string>()
  let folding: Promise<void> | null = null

  const foldAll = async () => {
    while (waiting.size > 0) {
      const ids = [...waiting].slice(0, batch)
      const rows = await db.selectFrom('requests').selectAll().where('id', 'in', ids).execute()
      for (const id of ids) waiting.delete(id)
      for (const row of rows) count(row)
    }
  }
  const fold = () => {
    folding ??= foldAll()
      .catch(() => {})
      .finally(() => {
        folding = null
      })
    return folding
  }
  const ended = (requestId: string) => {
    waiting.add(requestId)
    if (waiting.size > waitingMax) for (const oldest of [...waiting].slice(0, batch)) waiting.delete(oldest)
    if (waiting.size % batch === 0) void fold()
  }
  return {
    ended,
    fold,
    // Everything but the leaving is the original's, its getters too.
    watch: (inFlight) =>
      Object.assign(Object.create(inFlight) as InFlight, {
        remove(call: Parameters<InFlight['remove']>[0]) {
          inFlight.remove(call)
          ended(call.requestId)
        },
      }),
  }
}

const secondsBuckets = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600]

function createCallCounters(registry: Registry): (row: Row<'requests'>) => void {
  const registers = [registry]
  const calls = new Counter({
    name: 'opencredits_calls_total',
    help: 'Admitted calls that have ended, by how.',
    labelNames: ['endpoint', 'provider', 'status', 'ending', 'billed_to'] as const,
    registers,
  })
  const unresolved = new Counter({
    name: 'opencredits_calls_unresolved_total',
    help: 'Calls that ended without being settled or released: their holds are left for recovery.',
    registers,
  })
  const durations = new Histogram({
    name: 'opencredits_call_duration_seconds',
    help: 'From admission to settlement.',
    labelNames: ['endpoint', 'provider', 'stream'] as const,
    buckets: secondsBuckets,
    registers,
  })
  const firstBytes = new Histogram({
    name: 'opencredits_call_first_byte_seconds',
    help: 'From admission to the first byte of a streamed answer.',
    labelNames: ['endpoint', 'provider'] as const,
    buckets: secondsBuckets,
    registers,
  })
  const moneyOf = createMoneyCounters(registry)
  return (row) => {
    const { endpoint, provider, billed_to, ending } = row
    if (ending === null) {
      unresolved.inc()
      return
    }
    calls.inc({
      endpoint,
      provider,
      status: row.http_status === null ? 'none' : String(row.http_status),
      ending,
      billed_to,
    })
    if (row.ended_at_ms !== null) {
      const stream = row.is_stream === 1 ? 'true' : 'false'
      durations.observe({ endpoint, provider, stream }, (row.ended_at_ms - row.created_at_ms) / secondMs)
    }
    if (row.is_stream === 1 && row.first_byte_at_ms !== null)
      firstBytes.observe({ endpoint, provider }, (row.first_byte_at_ms - row.created_at_ms) / secondMs)
    moneyOf(row)
  }
}

function createMoneyCounters(registry: Registry): (row: Row<'requests'>) => void {
  const money = new Counter({
    name: 'opencredits_call_microcredits_total',
    help: 'What ended calls moved: charge (users paid), provider_cost, share, fee, shortfall (the operator paid).',
    labelNames: ['provider', 'part'] as const,
    registers: [registry],
  })
  const tokens = new Counter({
    name: 'opencredits_call_tokens_total',
    help: 'Tokens of ended calls by bucket.',
    labelNames: ['provider', 'bucket'] as const,
    registers: [registry],
  })
  return (row) => {
    const { provider } = row
    money.inc({ provider, part: 'charge' }, row.charge_microcredits ?? 0)
    money.inc({ provider, part: 'provider_cost' }, row.provider_cost_microcredits ?? 0)
    money.inc({ provider, part: 'share' }, row.share_microcredits ?? 0)
    money.inc({ provider, part: 'fee' }, row.fee_microcredits ?? 0)
    money.inc({ provider, part: 'shortfall' }, row.shortfall_microcredits ?? 0)
    tokens.inc({ provider, bucket: 'input' }, row.input_tokens ?? 0)
    tokens.inc({ provider, bucket: 'cache_read' }, row.cache_read_tokens ?? 0)
    tokens.inc({ provider, bucket: 'cache_write' }, (row.cache_write_5m_tokens ?? 0) + (row.cache_write_1h_tokens ?? 0))
    tokens.inc({ provider, bucket: 'output' }, row.output_tokens ?? 0)
  }
}
