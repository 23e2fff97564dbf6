import { z } from 'zod'
import type { ManagedRequest, UpstreamOutcome, Upstreams } from '../gateway/forward.ts'
import { minuteMs } from '../kernel/clock.ts'
import { buildUpstreamHeaders } from '../wires/anthropic-messages/build-upstream-request.ts'
import type { Asked, BatchProvider, ProviderBatch, ProviderKey, ResultLine } from './provider-batches.ts'
import { meaningOf, readAsked } from './read-asked.ts'

const path = '/v1/messages/batches'
const patienceMs = minuteMs
const pageItems = 100
/** More than one key makes in the time that is looked through. */
const pagesMax = 50

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const batchSchema = z.looseObject({
  id: z.string().min(1).max(200),
  processing_status: z.string(),
  request_counts: z.record(z.string(), z.number().int().nonnegative()),
  created_at: time,
  expires_at: time.nullish(),
  ended_at: time.nullish(),
})

const pageSchema = z.object({ data: z.array(batchSchema), has_more: z.boolean(), last_id: z.string().nullish() })

const lineSchema = z.looseObject({
  custom_id: z.unknown(),
  result: z.looseObject({ type: z.string(), message: z.unknown().optional() }),
})

/** Anthropic's Message Batches. */
export function createAnthropicBatches(upstreams: Upstreams): BatchProvider {
  const ask = ({ provider, apiKey }: ProviderKey, method: ManagedRequest['method'], rest: string) =>
    upstreams.manage({
      ...{ provider, method, path: `${path}${rest}`, headers: buildUpstreamHeaders({}, apiKey) },
      signal: AbortSignal.timeout(patienceMs),
    })
  const place = (id: string | null, rest = '') => `/${encodeURIComponent(id ?? '')}${rest}`
  return {
    retrieve: async (key, batch) => readAsked(await ask(key, 'GET', place(batch.upstream_id)), toBatch),
    cancel: async (key, batch) => readAsked(await ask(key, 'POST', place(batch.upstream_id, '/cancel')), toBatch),
    delete: async (key, batch) => readAsked(await ask(key, 'DELETE', place(batch.upstream_id)), () => null),
    async listSince(key, sinceMs) {
      const found: ProviderBatch[] = []
      for (let pages = 0, after = ''; pages < pagesMax; pages += 1) {
        const page = await ask(key, 'GET', `?limit=${pageItems}${after}`)
        const answer = await readAsked(page, (value) => pageSchema.parse(value))
        if (answer.kind !== 'found') return answer
        const { data, has_more: hasMore, last_id: lastId } = answer.found
        found.push(...data.map(batchOf).filter(({ createdAtMs }) => createdAtMs >= sinceMs))
        const isOver = data.some(({ created_at: createdAtMs }) => createdAtMs < sinceMs)
        if (!hasMore || isOver || lastId === null || lastId === undefined) break
        after = `&after_id=${encodeURIComponent(lastId)}`
      }
      return { kind: 'found', found }
    },
    async results({ provider, apiKey }, { upstream_id: id }, signal) {
      // A file of results may take long: it is as long as it goes on.
      const upstream = await upstreams.manage({
        ...{ provider, method: 'GET', path: `${path}${place(id, '/results')}` },
        ...{ headers: buildUpstreamHeaders({}, apiKey), signal },
      })
      if (upstream.kind === 'response' && upstream.status === 200)
        return { kind: 'found', found: [upstream.body.stream()] }
      if (upstream.kind === 'response') upstream.body.discard()
      return { kind: meaningOf(upstream), upstream }
    },
    readLine,
  }
}

function toBatch(value: unknown): ProviderBatch {
  return batchOf(batchSchema.parse(value))
}

function batchOf(batch: z.output<typeof batchSchema>): ProviderBatch {
  const { request_counts: counts } = batch
  return {
    upstreamId: batch.id,
    hasEnded: batch.processing_status === 'ended',
    isCanceling: batch.processing_status === 'canceling',
    items: Object.values(counts).reduce((sum, count) => sum + count, 0),
    createdAtMs: batch.created_at,
    expiresAtMs: batch.expires_at ?? null,
    endedAtMs: batch.ended_at ?? null,
    tag: null,
    end: { request_counts: counts },
  }
}

/** Reads what Anthropic answered to the sending of a batch. */
export function readCreated(upstream: UpstreamOutcome): Promise<Asked<ProviderBatch>> {
  return readAsked(upstream, toBatch)
}

function readLine(text: string): ResultLine | null {
  const line = lineSchema.safeParse(parsed(text))
  if (!line.success) return null
  const { custom_id: customId, result } = line.data
  const { type, message = null } = result
  const state =
    type === 'succeeded' || type === 'canceled' || type === 'expired' || type === 'errored'
      ? type
      : // A kind of end that nobody knows here: if it has an answer, it is billed.
        message === null
        ? 'errored'
        : 'succeeded'
  return { customId, state, answer: message, upstreamRequestId: null }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
