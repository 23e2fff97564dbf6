import type { Fields } from '../../json.ts'
import type { Batch } from '../running-batches.ts'
import type { LineProblem } from './read-batch-file.ts'

/** What OpenAI's batch object has beside what every batch has. */
export interface BatchDetails {
  readonly inputFileId: string
  readonly endpoint: string
  readonly metadata: Fields | null
  readonly model: string | null
  /** Why it failed before it began. */
  readonly problems: readonly LineProblem[]
  readonly outputFileId: string | null
  readonly errorFileId: string | null
  readonly usage: object | null
}

export function describeBatch(batch: Batch, details: BatchDetails | undefined) {
  const { id, items, ends, createdAtMs, expiresAtMs, endedAtMs, cancelInitiatedAtMs } = batch
  const status = statusOf(batch, details)
  const isEnded = batch.phase === 'ended'
  const succeeded = isEnded ? ends.filter(({ ending }) => ending === 'succeeded').length : 0
  const seconds = (ms: number | null) => (ms === null ? null : Math.floor(ms / 1000))
  const endedAs = (name: string) => (status === name ? seconds(endedAtMs) : null)
  return {
    id,
    object: 'batch',
    endpoint: details?.endpoint,
    model: details?.model ?? null,
    errors: status === 'failed' ? { object: 'list', data: details?.problems } : null,
    input_file_id: details?.inputFileId,
    completion_window: '24h',
    status,
    output_file_id: details?.outputFileId ?? null,
    error_file_id: details?.errorFileId ?? null,
    created_at: seconds(createdAtMs),
    in_progress_at: status === 'failed' ? null : seconds(createdAtMs),
    expires_at: seconds(expiresAtMs),
    finalizing_at: isEnded && status !== 'failed' ? seconds(endedAtMs) : null,
    completed_at: endedAs('completed'),
    failed_at: endedAs('failed'),
    expired_at: endedAs('expired'),
    cancelling_at: seconds(cancelInitiatedAtMs),
    cancelled_at: endedAs('cancelled'),
    request_counts: {
      total: items.length,
      completed: succeeded,
      failed: isEnded ? ends.length - succeeded : 0,
    },
    usage: details?.usage ?? null,
    metadata: details?.metadata ?? null,
  }
}

function statusOf({ phase, interruption }: Batch, details: BatchDetails | undefined): string {
  if (phase === 'canceling') return 'cancelling'
  if (phase === 'ending') return 'finalizing'
  if (phase === 'in_progress') return 'in_progress'
  if ((details?.problems.length ?? 0) > 0) return 'failed'
  if (interruption === 'canceled') return 'cancelled'
  return interruption === 'expired' ? 'expired' : 'completed'
}
