import { Readable } from 'node:stream'
import type { FileOwner, RemoteSource } from '../files/client-files.ts'
import type { Upstreams } from '../gateway/forward.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { customIdsOf } from './item-rows.ts'
import { createOpenaiBatches, resultsIn } from './openai-batches.ts'
import { keyOfBatch } from './provider-batches.ts'
import { readLines } from './read-lines.ts'
import { renamed } from './rename-lines.ts'

/** Makes the bytes of a batch's output file when they are asked for. @returns null where they are no more. */
export function createRemoteResults(deps: {
  readonly db: DatabaseReader
  readonly upstreams: Upstreams
  readonly pepper: Pepper
}): (source: RemoteSource, owner: FileOwner) => Promise<Readable | null> {
  const provider = createOpenaiBatches(deps.upstreams)
  return async ({ id, part }, { partnerId }) => {
    const batch = await deps.db.selectFrom('batches').selectAll().where('id', '=', id).executeTakeFirst()
    // The file is the owner's, and so is what it was made of: a guest's batch came along with the file.
    if (batch === undefined || batch.partner_id !== partnerId) return null
    const end = resultsIn(batch.upstream_end, part)
    const key = keyOfBatch(deps, batch)
    if (end === null || key === null) return null
    const asked = await provider.results(
      key,
      { upstream_id: batch.upstream_id, upstream_end: end },
      new AbortController().signal,
    )
    if (asked.kind !== 'found') return null
    return Readable.from(renamed(batch, await customIdsOf(deps.db, batch.id), readLines(asked.found)))
  }
}
