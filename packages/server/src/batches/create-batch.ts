import type { IncomingHttpHeaders } from 'node:http'
import type { FileBringer } from '../gateway/bring-files.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import type { ModelProvider } from '../pricing/catalogue.ts'
import type { Row } from '../store/schema.ts'
import type { BatchDeps } from './batch-deps.ts'
import { type CheckedItem, checkItem, type RawItem } from './check-item.ts'
import { openBatch } from './open-batch.ts'
import { type Asked, hashOfKey, type ProviderBatch, type ProviderKey } from './provider-batches.ts'
import { sendBatch } from './send-batch.ts'

/** A batch that a client asks for. */
export interface AskedBatch {
  readonly id: string
  readonly kind: Row<'batches'>['kind']
  readonly provider: ModelProvider
  readonly key: AuthenticatedKey
  readonly headers: IncomingHttpHeaders
  /** JSON: what only one format's answers have. */
  readonly details: string
  readonly items: Iterable<RawItem>
  readonly bringFiles: FileBringer
  /** Writes a request as it goes out; all of them are sent together. */
  write(item: CheckedItem): string
  send(sending: Sending): Promise<Asked<ProviderBatch>>
}

export interface Sending extends ProviderKey {
  readonly lines: readonly string[]
  readonly signal: AbortSignal
}

/** Requests are checked for so long before others have their turn. */
const workMs = 5

/**
 * Makes a batch: checks all of its requests, sets aside what they may cost together, and sends them. What is refused on
 * the way leaves nothing behind, here or at the provider.
 */
export async function createBatch(deps: BatchDeps, asked: AskedBatch): Promise<Row<'batches'>> {
  const { id: batchId, provider, key, headers } = asked
  const partner = await deps.partners.activeById(key.partnerId)
  const terms = {
    ...{ batchId, provider, key, partner, headers, feeBasisPoints: deps.operatorFeeBasisPoints },
    bringFiles: asked.bringFiles,
    // What a partner uses itself earns it nothing.
    shareBasisPoints: partner.ownerUserId === key.userId ? 0 : partner.shareBasisPoints,
  }
  const keys = deps.upstreams.keysInTurn(provider).map((apiKey): ProviderKey => ({ provider, apiKey }))
  const [firstKey] = keys
  if (firstKey === undefined)
    throw new AppError('batch_not_supported', `No models of ${provider} are offered here, so it has no batches.`)
  const { items, lines } = await checkAll(deps, asked, (item) => checkItem(deps, terms, item))
  await openBatch(deps, {
    ...{ ...terms, kind: asked.kind, details: asked.details, items },
    providerKeyHash: hashOfKey(deps.pepper, firstKey.apiKey),
  })
  deps.files.noteUses(asked.bringFiles.ids)
  const row = () => deps.db.selectFrom('batches').selectAll().where('id', '=', batchId).executeTakeFirstOrThrow()
  // A server that stops waits for the answer: without it nobody knows the batch until it has ended.
  const stop = new AbortController()
  const leave = deps.inFlight.addWork(batchId, () => stop.abort())
  try {
    await sendBatch(deps, await row(), { keys, send: (one) => asked.send({ ...one, lines, signal: stop.signal }) })
  } finally {
    leave()
  }
  deps.funds.noteAdmitted(key)
  return row()
}

async function checkAll(
  deps: BatchDeps,
  { items: raw, write }: AskedBatch,
  check: (item: RawItem) => Promise<CheckedItem>,
): Promise<{ readonly items: readonly CheckedItem[]; readonly lines: readonly string[] }> {
  const items: CheckedItem[] = []
  const lines: string[] = []
  const { requestsMax } = deps.batchLimits
  let turnBeganAtMs = performance.now()
  for (const one of raw) {
    if (items.length === requestsMax) throw tooMany(requestsMax)
    const { upstreamBody, ...item } = await check(one)
    lines.push(write({ ...item, upstreamBody }))
    // The body is written; keeping it would hold all of them in memory twice.
    items.push({ ...item, upstreamBody: {} })
    if (performance.now() - turnBeganAtMs < workMs) continue
    await new Promise((next) => setImmediate(next))
    turnBeganAtMs = performance.now()
  }
  if (items.length === 0) throw new AppError('invalid_request', 'A batch has one request at least.')
  return { items, lines }
}

export function tooMany(most: number): AppError {
  return new AppError('invalid_request', `requests: at most ${most} are taken in one batch. Send more batches.`, {
    param: 'requests',
  })
}
