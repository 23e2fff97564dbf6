import { z } from 'zod'
import { dayMs } from '../kernel/clock.ts'
import type { Row } from '../store/schema.ts'

const countsSchema = z.object({
  processing: z.number().int(),
  succeeded: z.number().int(),
  errored: z.number().int(),
  canceled: z.number().int(),
  expired: z.number().int(),
})

export const messageBatchAnswer = z.object({
  id: z.string(),
  type: z.literal('message_batch'),
  processing_status: z.enum(['in_progress', 'canceling', 'ended']),
  request_counts: countsSchema,
  created_at: z.string(),
  expires_at: z.string(),
  ended_at: z.string().nullable(),
  cancel_initiated_at: z.string().nullable(),
  archived_at: z.string().nullable(),
  results_url: z.string().nullable().describe('on this server: results are read with the user’s key'),
})

/** Anthropic keeps results for 29 days after the creation. */
const resultsKeptMs = 29 * dayMs

export function isArchived(batch: Row<'batches'>, nowMs: number): boolean {
  return batch.created_at_ms + resultsKeptMs <= nowMs
}

const none = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
const count = z.number().int().default(0)
const endSchema = z.object({
  request_counts: z.object({ processing: count, succeeded: count, errored: count, canceled: count, expired: count }),
})

/** A batch in Anthropic's shape. Until all of it has ended everything counts as processing. */
export function describeMessageBatch(
  batch: Row<'batches'>,
  { nowMs, publicUrl }: { readonly nowMs: number; readonly publicUrl: string },
): z.output<typeof messageBatchAnswer> {
  const hasEnded = batch.ended_at_ms !== null
  const archived = isArchived(batch, nowMs)
  const canceling = batch.cancel_requested_at_ms !== null
  return {
    id: batch.id,
    type: 'message_batch',
    processing_status: hasEnded ? 'ended' : canceling ? 'canceling' : 'in_progress',
    request_counts: hasEnded ? countsAtEnd(batch) : { ...none, processing: batch.items },
    created_at: isoOf(batch.created_at_ms),
    expires_at: isoOf(batch.expires_at_ms),
    ended_at: batch.ended_at_ms === null ? null : isoOf(batch.ended_at_ms),
    cancel_initiated_at: batch.cancel_requested_at_ms === null ? null : isoOf(batch.cancel_requested_at_ms),
    archived_at: archived ? isoOf(batch.created_at_ms + resultsKeptMs) : null,
    results_url: hasEnded && !archived ? `${publicUrl}/v1/messages/batches/${batch.id}/results` : null,
  }
}

/** As the provider has counted; a batch that it never had is counted here. */
function countsAtEnd({ upstream_end: end, succeeded, errored, canceled, expired, missing }: Row<'batches'>) {
  const told = end === null ? null : endSchema.safeParse(JSON.parse(end))
  const own = { processing: 0, succeeded, errored, canceled, expired: expired + missing }
  return told?.success === true ? told.data.request_counts : own
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
