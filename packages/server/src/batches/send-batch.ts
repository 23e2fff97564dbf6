import type { Logger } from 'pino'
import type { UpstreamOutcome, Upstreams } from '../gateway/forward.ts'
import { readErrorMessage } from '../gateway/read-error-message.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Row } from '../store/schema.ts'
import { type Asked, hashOfKey, type ProviderBatch, type ProviderKey } from './provider-batches.ts'
import { type EndingDeps, undoBatch } from './release-items.ts'

export interface SendDeps extends EndingDeps {
  readonly logger: Logger
  readonly upstreams: Upstreams
  readonly pepper: Pepper
}

const triesMax = 3
/** Refusals that speak of one key of ours, so that another may do. */
const keyFailures = new Set([401, 402, 403, 429])

/**
 * Sends a batch whose credits are held. The row says with which key before the key is used, since the answer may be lost.
 * Only what is certain ends it here: a refusal gives everything back. Whatever leaves a doubt stays `sending`, and is
 * looked up (`adopt-batch.ts`): the client has its batch, and learns its end as that of any other.
 * @throws AppError for a refusal.
 */
export async function sendBatch(
  deps: SendDeps,
  batch: Row<'batches'>,
  how: { readonly keys: readonly ProviderKey[]; send(key: ProviderKey): Promise<Asked<ProviderBatch>> },
): Promise<void> {
  let last: UpstreamOutcome | null = null
  for (const [index, key] of how.keys.slice(0, triesMax).entries()) {
    if (index > 0) await rememberKey(deps, batch.id, key)
    const asked = await how.send(key)
    if (asked.kind === 'found') return await rememberSent(deps, batch.id, asked.found)
    const { upstream } = asked
    const status = upstream.kind === 'response' ? upstream.status : null
    deps.logger.warn({ batchId: batch.id, status, kind: asked.kind }, 'the provider did not take a batch')
    if (asked.kind === 'unknown') return
    last = upstream
    if (status === null || !keyFailures.has(status)) break
    if (upstream.kind === 'response') upstream.body.discard()
  }
  const error = await errorOf(last)
  await undoBatch(deps, batch)
  throw error
}

async function rememberKey({ db, pepper }: SendDeps, id: string, { apiKey }: ProviderKey): Promise<void> {
  await db
    .updateTable('batches')
    .set({ provider_key_hash: hashOfKey(pepper, apiKey) })
    .where('id', '=', id)
    .execute()
}

/** The provider has it. */
export async function rememberSent({ db }: Pick<SendDeps, 'db'>, id: string, sent: ProviderBatch): Promise<void> {
  await db
    .updateTable('batches')
    .set({
      ...{ upstream_id: sent.upstreamId, state: 'in_progress' },
      ...(sent.expiresAtMs === null ? {} : { expires_at_ms: sent.expiresAtMs }),
    })
    .where('id', '=', id)
    .where('upstream_id', 'is', null)
    .execute()
}

const errorBytesMax = 1024 * 1024

async function errorOf(upstream: UpstreamOutcome | null): Promise<AppError> {
  const nothing = 'Nothing was charged; try again later.'
  if (upstream === null || upstream.kind === 'failed')
    return new AppError('upstream_error', `The AI provider could not be reached. ${nothing}`)
  const { status, retryAfterSeconds } = upstream
  if (status === 429)
    return new AppError('rate_limited', `The AI provider takes no more batches at the moment. ${nothing}`, {
      retryAfterSeconds: retryAfterSeconds ?? 30,
    })
  if (status === 529) return new AppError('overloaded', `The AI provider is overloaded. ${nothing}`)
  if (keyFailures.has(status) || status === 404)
    return new AppError('upstream_error', `The AI provider takes no batches from this installation. ${nothing}`)
  const body = await upstream.body.readWhole(errorBytesMax)
  const said = body === null ? null : readErrorMessage(body)
  return new AppError('invalid_request', said ?? 'The AI provider refused the batch.')
}
