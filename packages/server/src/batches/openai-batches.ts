import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { ManagedRequest, UpstreamOutcome, Upstreams } from '../gateway/forward.ts'
import { minuteMs, secondMs } from '../kernel/clock.ts'
import { buildUpstreamHeaders } from '../wires/openai-chat/build-upstream-request.ts'
import type { Asked, BatchProvider, ProviderBatch, ProviderKey, ResultLine } from './provider-batches.ts'
import { meaningOf, readAsked } from './read-asked.ts'

const patienceMs = minuteMs
const pageItems = 100
/** More than one key makes in the time that is looked through. */
const pagesMax = 50
/** By which a batch of ours is known in the list of a key's batches. */
export const tagName = 'opencredits_batch'

const ended = ['failed', 'completed', 'expired', 'cancelled']
const seconds = z.number().transform((value) => value * secondMs)
const count = z.number().int().nonnegative()

const batchSchema = z.looseObject({
  id: z.string().min(1).max(200),
  status: z.string(),
  created_at: seconds,
  expires_at: seconds.nullish(),
  completed_at: seconds.nullish(),
  failed_at: seconds.nullish(),
  expired_at: seconds.nullish(),
  cancelled_at: seconds.nullish(),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
  request_counts: z.looseObject({ total: count, completed: count, failed: count }).nullish(),
  errors: z.unknown(),
  usage: z.unknown(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

const pageSchema = z.object({ data: z.array(batchSchema), has_more: z.boolean() })

/** Where the results of a batch are at the provider. */
const filesSchema = z.object({ output_file_id: z.string().nullish(), error_file_id: z.string().nullish() })

const lineSchema = z.looseObject({
  custom_id: z.unknown(),
  response: z.looseObject({ status_code: z.number(), request_id: z.unknown(), body: z.unknown() }).nullish(),
  error: z.looseObject({ code: z.unknown() }).nullish(),
})

/** OpenAI's Batches: files of lines in, files of lines out. */
export function createOpenaiBatches(upstreams: Upstreams): BatchProvider {
  const ask = ({ provider, apiKey }: ProviderKey, method: ManagedRequest['method'], path: string) =>
    upstreams.manage({
      ...{ provider, method, path, headers: buildUpstreamHeaders({}, apiKey) },
      signal: AbortSignal.timeout(patienceMs),
    })
  const place = (id: string | null, rest = '') => `/batches/${encodeURIComponent(id ?? '')}${rest}`
  const content = async (key: ProviderKey, fileId: string, signal: AbortSignal): Promise<Asked<Readable>> => {
    // A file of results may take long: it is as long as it goes on.
    const upstream = await upstreams.manage({
      ...{ provider: key.provider, method: 'GET', path: `/files/${encodeURIComponent(fileId)}/content` },
      ...{ headers: buildUpstreamHeaders({}, key.apiKey), signal },
    })
    if (upstream.kind === 'response' && upstream.status === 200) return { kind: 'found', found: upstream.body.stream() }
    if (upstream.kind === 'response') upstream.body.discard()
    return { kind: meaningOf(upstream), upstream }
  }
  return {
    retrieve: async (key, batch) => readAsked(await ask(key, 'GET', place(batch.upstream_id)), toBatch),
    cancel: async (key, batch) => readAsked(await ask(key, 'POST', place(batch.upstream_id, '/cancel')), toBatch),
    // OpenAI's batches are not deleted; their files expire.
    delete: async () => ({ kind: 'found', found: null }),
    async listSince(key, sinceMs) {
      const found: ProviderBatch[] = []
      for (let pages = 0, after = ''; pages < pagesMax; pages += 1) {
        const page = await ask(key, 'GET', `/batches?limit=${pageItems}${after}`)
        const answer = await readAsked(page, (value) => pageSchema.parse(value))
        if (answer.kind !== 'found') return answer
        const { data, has_more: hasMore } = answer.found
        found.push(...data.map(batchOf).filter(({ createdAtMs }) => createdAtMs >= sinceMs))
        const last = data.at(-1)
        if (!hasMore || last === undefined || last.created_at < sinceMs) break
        after = `&after=${encodeURIComponent(last.id)}`
      }
      return { kind: 'found', found }
    },
    async results(key, { upstream_end: end }, signal) {
      const files = filesSchema.parse(JSON.parse(end ?? '{}'))
      const found: Readable[] = []
      for (const id of [files.output_file_id, files.error_file_id]) {
        if (id === null || id === undefined) continue
        const asked = await content(key, id, signal)
        if (asked.kind !== 'found') {
          for (const file of found) file.destroy()
          return asked
        }
        found.push(asked.found)
      }
      return { kind: 'found', found }
    },
    readLine,
  }
}

/** One of the files of a batch's results alone. */
export function resultsIn(end: string | null, part: 'output' | 'errors'): string | null {
  const { output_file_id: output, error_file_id: errors } = filesSchema.parse(JSON.parse(end ?? '{}'))
  const id = part === 'output' ? output : errors
  return id === null || id === undefined ? null : JSON.stringify({ output_file_id: id })
}

function toBatch(value: unknown): ProviderBatch {
  return batchOf(batchSchema.parse(value))
}

/** Reads what OpenAI answered to the sending of a batch. */
export function readCreatedBatch(upstream: UpstreamOutcome): Promise<Asked<ProviderBatch>> {
  return readAsked(upstream, toBatch)
}

function batchOf(batch: z.output<typeof batchSchema>): ProviderBatch {
  const { status, output_file_id, error_file_id, request_counts, errors, usage } = batch
  const tag = batch.metadata?.[tagName]
  return {
    upstreamId: batch.id,
    hasEnded: ended.includes(status),
    isCanceling: status === 'cancelling',
    items: request_counts?.total ?? null,
    createdAtMs: batch.created_at,
    expiresAtMs: batch.expires_at ?? null,
    endedAtMs: batch.completed_at ?? batch.failed_at ?? batch.expired_at ?? batch.cancelled_at ?? null,
    // One without our mark is none of ours.
    tag: typeof tag === 'string' ? tag : '',
    end: { status, output_file_id, error_file_id, request_counts, errors, usage },
  }
}

function readLine(text: string): ResultLine | null {
  const line = lineSchema.safeParse(parsed(text))
  if (!line.success) return null
  const { custom_id: customId, response, error } = line.data
  const requestId = response?.request_id
  return {
    customId,
    state: stateOf(response?.status_code ?? null, error?.code),
    answer: response?.body ?? null,
    upstreamRequestId: typeof requestId === 'string' ? requestId : null,
  }
}

function stateOf(status: number | null, code: unknown): ResultLine['state'] {
  if (status !== null && status < 300) return 'succeeded'
  if (code === 'batch_expired') return 'expired'
  return code === 'batch_cancelled' ? 'canceled' : 'errored'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
