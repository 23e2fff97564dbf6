import type { Readable } from 'node:stream'
import type { UpstreamOutcome, Upstreams } from '../gateway/forward.ts'
import { hourMs } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { ModelProvider } from '../pricing/catalogue.ts'
import type { Row } from '../store/schema.ts'

/** What a provider says of a batch. */
export interface ProviderBatch {
  readonly upstreamId: string
  readonly hasEnded: boolean
  readonly isCanceling: boolean
  /** All of its requests, as far as the provider tells. */
  readonly items: number | null
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly endedAtMs: number | null
  /** The batch of ours that it says it is, where it can say so. */
  readonly tag: string | null
  /** What our client is shown of its end, and where the results are. */
  readonly end: Readonly<Record<string, unknown>>
}

/** One line of a batch's results. */
export interface ResultLine {
  /** Ours: `upstreamCustomId`. */
  readonly customId: unknown
  readonly state: 'succeeded' | 'errored' | 'canceled' | 'expired'
  /** The answer, in the format of its endpoint; null where there is none. */
  readonly answer: unknown
  readonly upstreamRequestId: string | null
}

/**
 * How asking a provider ended. `refused`: it says no, so nothing was made or changed. `gone`: the key has no access any
 * more. `missing`: it does not know what was asked for, or not yet. `unknown`: nobody can say whether it was done.
 */
export type Asked<Found> =
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'refused' | 'gone' | 'missing' | 'unknown'; readonly upstream: UpstreamOutcome }

/** The key that made a batch: only with it the provider shows the batch. */
export interface ProviderKey {
  readonly provider: ModelProvider
  readonly apiKey: string
}

/** One provider's batches in one spelling. */
export interface BatchProvider {
  retrieve(key: ProviderKey, batch: Row<'batches'>): Promise<Asked<ProviderBatch>>
  cancel(key: ProviderKey, batch: Row<'batches'>): Promise<Asked<ProviderBatch>>
  /** Its batches that were made after a time, the newest first. */
  listSince(key: ProviderKey, sinceMs: number): Promise<Asked<readonly ProviderBatch[]>>
  /** The files of results, one after the other. */
  results(
    key: ProviderKey,
    batch: Pick<Row<'batches'>, 'upstream_id' | 'upstream_end'>,
    signal: AbortSignal,
  ): Promise<Asked<readonly Readable[]>>
  readLine(line: string): ResultLine | null
  delete(key: ProviderKey, batch: Row<'batches'>): Promise<Asked<null>>
}

/** The key that made a batch, if it is still configured. */
export function keyOfBatch(
  { upstreams, pepper }: { readonly upstreams: Upstreams; readonly pepper: Pepper },
  { provider, provider_key_hash: hash }: Pick<Row<'batches'>, 'provider' | 'provider_key_hash'>,
): ProviderKey | null {
  if (provider !== 'anthropic' && provider !== 'openai') return null
  const apiKey = upstreams.keysOf(provider).find((key) => hashOfKey(pepper, key) === hash)
  return apiKey === undefined ? null : { provider, apiKey }
}

/** By which a row remembers a provider's key: no copy of the store tells it. */
export function hashOfKey(pepper: Pepper, apiKey: string): string {
  return pepper.hash('provider-key', apiKey)
}

/** For a while after its creation, and later, a batch may be nowhere: https://github.com/anthropics/anthropic-sdk-python/issues/1432 */
const missingMsMax = 25 * hourMs

/** Whether what was asked for will not come any more. */
export function isLost(batch: Row<'batches'>, { kind }: Asked<unknown>, nowMs: number): boolean {
  return kind === 'gone' || (kind === 'missing' && nowMs - batch.created_at_ms > missingMsMax)
}
