import type { ProviderCall } from '@opencredits/sandbox'
import { checkUsage, outputToleranceTokens } from './audit-usage.ts'
import type { Books, RequestRow, TransferRow } from './books.ts'
import type { Difference } from './difference.ts'
import type { SeenCall } from './make-call.ts'
import { trueCost, trueShare } from './true-price.ts'

/** One call from all its sides: the client's, the provider's, the books'. */
export interface Traced {
  readonly seen: SeenCall
  readonly upstream: readonly ProviderCall[]
  readonly rows: readonly RequestRow[]
  readonly transfers: readonly TransferRow[]
  /** Its server died, or stood still long enough to be taken for dead, while it ran. */
  readonly isServerLost: boolean
}

export interface CallTruth {
  readonly seen: readonly SeenCall[]
  readonly upstream: readonly ProviderCall[]
  readonly books: Books
  readonly isServerLost: (call: SeenCall) => boolean
}

/** Compares every call that was tried with what the provider did and what was charged. */
export function auditCalls(truth: CallTruth): readonly Difference[] {
  const known = new Set(truth.seen.map(({ plan }) => String(plan.maxTokens)))
  const strangers = truth.books.requests.filter(({ maxTokens }) => !known.has(String(maxTokens)))
  return [
    ...strangers.map((row) => differ('request_of_nobody', row.id, `asked for ${row.maxTokens} tokens`)),
    ...billedTwice(truth.books.requests),
    ...traceCalls(truth).flatMap(auditCall),
  ]
}

/** Puts together what each side knows of each call. */
export function traceCalls(truth: CallTruth): readonly Traced[] {
  // Counting costs nothing.
  const answers = truth.upstream.filter(({ path }) => !path.endsWith('/count_tokens'))
  const upstreamByMarker = groupBy(answers, markerOf)
  const rowsByTokens = groupBy(truth.books.requests, ({ maxTokens }) => String(maxTokens))
  const transfersByCause = groupBy(truth.books.transfers, ({ causeId }) => causeId)
  return truth.seen.map((seen) => {
    const rows = rowsByTokens.get(String(seen.plan.maxTokens)) ?? []
    const transfers = rows.flatMap(({ id }) => transfersByCause.get(id) ?? [])
    const upstream = upstreamByMarker.get(seen.plan.marker) ?? []
    return { seen, upstream, rows, transfers, isServerLost: truth.isServerLost(seen) }
  })
}

/** No answer of a provider may be charged under two requests. */
function billedTwice(requests: readonly RequestRow[]): readonly Difference[] {
  const charged = requests.filter(({ upstreamRequestId, charge }) => upstreamRequestId !== null && charge > 0)
  return [...groupBy(charged, ({ upstreamRequestId }) => upstreamRequestId ?? '').values()]
    .filter((rows) => rows.length > 1)
    .map((rows) => differ('charged_twice', rows.map(({ id }) => id).join(' '), 'one answer of a provider'))
}

function auditCall(call: Traced): readonly Difference[] {
  const { seen, rows, upstream } = call
  const of = (kind: string, detail: string) => differ(kind, nameOf(seen), detail)
  const [row] = rows
  if (rows.length > 1) return [of('request_twice', rows.map(({ id }) => id).join(' '))]
  if (row === undefined) {
    if (upstream.length > 0) return [of('sent_without_request', `${upstream.length} calls reached the provider`)]
    return seen.ending === 'finished' ? [of('finished_without_request', String(seen.requestId))] : []
  }
  const found = [...checkIdentity(call, row), ...checkRecord(seen, row)]
  if (row.state === 'settled') found.push(...checkSettled(call, row))
  else if (row.state === 'released') found.push(...checkReleased(call, row))
  else found.push({ kind: 'never_ended', detail: `request ${row.id} is ${row.state}` })
  return found.map(({ kind, detail }) => of(kind, `${detail} [${row.id} ${row.ending}]`))
}

export type Finding = Omit<Difference, 'about'>

function checkIdentity({ seen }: Traced, row: RequestRow): readonly Finding[] {
  const found: Finding[] = []
  if (seen.requestId !== null && seen.requestId !== row.id)
    found.push({ kind: 'request_id', detail: `the client was told ${seen.requestId}` })
  if (row.billedTo !== 'credits') found.push({ kind: 'billed_to', detail: row.billedTo })
  if (seen.chargeHeader !== null && Math.round(Number(seen.chargeHeader) * 1e6) !== row.charge)
    found.push({ kind: 'charge_header', detail: `told ${seen.chargeHeader}, charged ${row.charge} microcredits` })
  return found
}

/** Readable as soon as the answer has ended. */
function checkRecord({ record }: SeenCall, row: RequestRow): readonly Finding[] {
  if (record === null) return []
  const told = Math.round(Number(record.charge ?? -1) * 1e6)
  return record.status === 'settled' && told === row.charge
    ? []
    : [{ kind: 'record_at_end', detail: `${record.status ?? 'none'}, ${record.charge}; charged ${row.charge}` }]
}

function checkSettled(call: Traced, row: RequestRow): readonly Finding[] {
  const found = [...checkParts(call, row)]
  const answered = call.upstream.at(-1)
  if (row.ending === 'recovered') return [...found, ...checkRecovered(call, row, answered)]
  if (answered === undefined) return [...found, { kind: 'charged_without_call', detail: `charged ${row.charge}` }]
  return [...found, ...checkUsage(call, row, answered)]
}

/**
 * The usage on the row is paid at its price: by the user, and by the operator for what the user did not have. The share is
 * earned on what the user paid. The transfers agree with the row.
 */
function checkParts({ seen, transfers }: Traced, row: RequestRow): readonly Finding[] {
  const cost = trueCost(seen.plan.model, row)
  const share = trueShare(cost)
  const sum = (codes: readonly string[]) =>
    transfers.filter(({ code }) => codes.includes(code)).reduce((total, { amount }) => total + amount, 0)
  const found: Finding[] = []
  const compare = (kind: string, expected: number, actual: number) => {
    if (expected !== actual) found.push({ kind, detail: `expected ${expected}, is ${actual}` })
  }
  // Estimates are capped at the hold.
  if (row.isEstimated && cost + share > row.hold) {
    if (row.cost > cost || row.charge > row.hold) found.push({ kind: 'estimated_above_hold', detail: `${row.charge}` })
  } else {
    compare('cost', cost, row.cost)
    const isShort = cost + share > row.hold && row.charge < cost + share
    if (isShort ? row.share > share : row.share !== share)
      found.push({ kind: 'share', detail: `expected ${share}, is ${row.share}` })
  }
  if (row.share > trueShare(row.cost - row.shortfall) || (row.shortfall > 0 && row.share > 0))
    found.push({ kind: 'share_on_shortfall', detail: `${row.share}, and the operator paid ${row.shortfall}` })
  if (!row.isEstimated && !seen.plan.missesCeiling && cost + share > row.hold)
    found.push({ kind: 'ceiling_missed', detail: `${cost + share} of ${row.hold} that were held` })
  compare('charge', row.cost + row.share - row.shortfall, row.charge)
  compare('transfers_of_charge', row.charge, sum(['usage_cost', 'usage_share', 'usage_fee']))
  compare('transfers_of_cost', row.cost, sum(['usage_cost', 'shortfall_cost']))
  compare('transfers_of_share', row.share, sum(['usage_share', 'shortfall_share']))
  compare('transfers_of_shortfall', row.shortfall, sum(['shortfall_cost', 'shortfall_share']))
  return found
}

/** It may have died between the mark that says "sent" and the sending: the provider need not know of the call. */
function checkRecovered(call: Traced, row: RequestRow, answered: ProviderCall | undefined): readonly Finding[] {
  const found: Finding[] = []
  if (!row.isEstimated) found.push({ kind: 'recovered_not_marked', detail: 'not marked as estimated' })
  if (row.charge > row.hold) found.push({ kind: 'recovered_above_hold', detail: `${row.charge} of ${row.hold}` })
  if (!call.isServerLost) found.push({ kind: 'recovered_alive', detail: `${call.seen.server} was alive` })
  if (call.seen.ending === 'finished') found.push({ kind: 'recovered_finished', detail: 'the client saw the end' })
  const generated = answered?.outputTokens ?? 0
  // What may have been thought is charged by its time.
  if (!call.seen.plan.mayThinkUnseen && row.outputTokens > generated + outputToleranceTokens)
    found.push({ kind: 'more_than_generated', detail: `${row.outputTokens} of ${generated}` })
  return found
}

const unpaidEndings = ['not_sent', 'upstream_error', 'upstream_rejected', 'unreadable_answer']

function checkReleased({ seen, upstream, transfers }: Traced, row: RequestRow): readonly Finding[] {
  const found: Finding[] = []
  if (transfers.length > 0 || row.charge > 0) found.push({ kind: 'released_and_charged', detail: `${row.charge}` })
  if (seen.ending === 'finished') found.push({ kind: 'finished_free', detail: 'the client saw the end' })
  if (row.ending === 'not_sent' && upstream.length > 0)
    found.push({ kind: 'sent_and_released', detail: `${upstream.length} calls reached the provider` })
  if (!unpaidEndings.includes(row.ending ?? '')) found.push({ kind: 'released_oddly', detail: String(row.ending) })
  return found
}

function markerOf({ body }: ProviderCall): string {
  return /chaos-u\d+-c\d+-end/.exec(JSON.stringify(body))?.[0] ?? 'unknown'
}

function nameOf({ plan, server, ending, status }: SeenCall): string {
  return `${plan.marker} ${plan.kind} ${plan.isStream ? 'stream' : 'json'} at ${server}: ${ending} ${status ?? ''}`
}

function differ(kind: string, about: string, detail: string): Difference {
  return { kind, about, detail }
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
