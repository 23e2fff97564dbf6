import { z } from 'zod'
import { secondMs } from '../kernel/clock.ts'
import type { Row } from '../store/schema.ts'

const seconds = z.number().int()
const countsSchema = z.object({ total: z.number().int(), completed: z.number().int(), failed: z.number().int() })

export const openaiBatchAnswer = z.object({
  id: z.string(),
  object: z.literal('batch'),
  endpoint: z.string(),
  errors: z.unknown().nullable(),
  input_file_id: z.string(),
  completion_window: z.literal('24h'),
  status: z.enum([
    ...(['validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired'] as const),
    ...(['cancelling', 'cancelled'] as const),
  ]),
  output_file_id: z.string().nullable(),
  error_file_id: z.string().nullable(),
  created_at: seconds,
  in_progress_at: seconds.nullable(),
  expires_at: seconds,
  finalizing_at: seconds.nullable(),
  completed_at: seconds.nullable(),
  failed_at: seconds.nullable(),
  expired_at: seconds.nullable(),
  cancelling_at: seconds.nullable(),
  cancelled_at: seconds.nullable(),
  request_counts: countsSchema,
  usage: z.unknown().nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
})

type Answer = z.output<typeof openaiBatchAnswer>

const detailsSchema = z.looseObject({
  endpoint: z.string(),
  input_file_id: z.string(),
  metadata: z.record(z.string(), z.string()).nullish(),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
})

const endSchema = z
  .object({
    status: z.enum(['failed', 'completed', 'expired', 'cancelled']).catch('completed'),
    request_counts: countsSchema.nullish().catch(null),
    errors: z.unknown(),
    usage: z.unknown(),
  })
  .partial()

/** A batch in OpenAI's shape, its files under the ids that they have here. */
export function describeOpenaiBatch(batch: Row<'batches'>): Answer {
  const details = detailsSchema.parse(JSON.parse(batch.details))
  const end = endSchema.parse(JSON.parse(batch.upstream_end ?? '{}'))
  const status = statusOf(batch, end.status)
  const at = (ms: number | null) => (ms === null ? null : Math.floor(ms / secondMs))
  const endedAs = (one: Answer['status']) => (status === one ? at(batch.ended_at_ms) : null)
  return {
    ...{ id: batch.id, object: 'batch', endpoint: details.endpoint, errors: end.errors ?? null },
    ...{ input_file_id: details.input_file_id, completion_window: '24h', status },
    ...{ output_file_id: details.output_file_id ?? null, error_file_id: details.error_file_id ?? null },
    created_at: Math.floor(batch.created_at_ms / secondMs),
    in_progress_at: status === 'failed' ? null : at(batch.created_at_ms),
    expires_at: Math.floor(batch.expires_at_ms / secondMs),
    finalizing_at: status === 'failed' ? null : at(batch.ended_at_ms),
    ...{ completed_at: endedAs('completed'), failed_at: endedAs('failed'), expired_at: endedAs('expired') },
    ...{ cancelling_at: at(batch.cancel_requested_at_ms), cancelled_at: endedAs('cancelled') },
    request_counts: end.request_counts ?? countsOf(batch),
    ...{ usage: end.usage ?? null, metadata: details.metadata ?? null },
  }
}

function statusOf(batch: Row<'batches'>, ended: Answer['status'] | undefined): Answer['status'] {
  if (batch.ended_at_ms !== null) return ended ?? 'expired'
  if (batch.cancel_requested_at_ms !== null) return 'cancelling'
  return batch.upstream_id === null ? 'validating' : 'in_progress'
}

function countsOf({ items, succeeded, errored, canceled, expired, missing }: Row<'batches'>) {
  return { total: items, completed: succeeded, failed: errored + canceled + expired + missing }
}
