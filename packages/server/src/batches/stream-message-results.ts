import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setHead } from '../http/answer.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Row } from '../store/schema.ts'
import type { BatchDeps } from './batch-deps.ts'
import { isArchived } from './describe-message-batch.ts'
import { customIdsOf } from './item-rows.ts'
import { type BatchProvider, isLost, keyOfBatch } from './provider-batches.ts'
import { readLines } from './read-lines.ts'
import { renamed } from './rename-lines.ts'

/**
 * Streams the results of a batch from its provider, each line under the id that the client gave it. Nothing of them is
 * kept here. Lines that come twice or are of nobody here are left out.
 * @throws AppError 400 before the batch has ended; 404 for results that are no more.
 */
export async function streamMessageResults(
  deps: BatchDeps,
  provider: BatchProvider,
  { batch, response }: { readonly batch: Row<'batches'>; readonly response: ServerResponse },
): Promise<void> {
  if (batch.ended_at_ms === null)
    throw new AppError('invalid_request', `Batch ${batch.id} has not ended: it has no results yet.`)
  if (isArchived(batch, deps.clock.nowMs())) throw noResults(batch)
  const names = await customIdsOf(deps.db, batch.id)
  const lines =
    batch.upstream_id === null
      ? expiredLines(names)
      : renamed(batch, names, readLines(await open(deps, provider, batch)))
  setHead(response, 200, { 'content-type': 'application/x-jsonl', 'cache-control': 'private, no-store' })
  await pipeline(Readable.from(lines), response).catch((error: unknown) => endBroken(error, response))
}

async function open(deps: BatchDeps, provider: BatchProvider, batch: Row<'batches'>) {
  const key = keyOfBatch(deps, batch)
  if (key === null) throw noResults(batch)
  const asked = await provider.results(key, batch, new AbortController().signal)
  if (asked.kind === 'found') return asked.found
  if (isLost(batch, asked, deps.clock.nowMs())) throw noResults(batch)
  throw new AppError('upstream_error', 'The AI provider did not give the results. Try again.')
}

function noResults({ id }: Row<'batches'>): AppError {
  return new AppError('not_found', `The results of batch ${id} are not available any more.`)
}

/** Of a batch that never reached its provider. */
async function* expiredLines(names: ReadonlyMap<number, string>): AsyncGenerator<string> {
  for (const name of names.values()) yield `${JSON.stringify({ custom_id: name, result: { type: 'expired' } })}\n`
}

/** A client that leaves in the middle is no fault; of anything else the answer tells by being cut. */
function endBroken(error: unknown, response: ServerResponse): void {
  const isGone = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
  response.destroy()
  if (!isGone) throw error
}
