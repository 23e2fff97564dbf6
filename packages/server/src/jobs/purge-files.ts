import type { Logger } from 'pino'
import type { FileStore } from '../files/file-store.ts'
import { findPurgeable, findUnknown, forgetRow, retireOverdue } from '../files/purge-rows.ts'
import type { FileCopies } from '../gateway/file-copies.ts'
import type { InFlight } from '../gateway/in-flight.ts'
import { type Clock, dayMs, hourMs, minuteMs, secondMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import type { ServerIdentity } from './heartbeat.ts'
import { claimLease } from './lease.ts'

export interface FilePurgeDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly self: ServerIdentity
  readonly inFlight: Pick<InFlight, 'isAdmitting'>
  readonly fileStore: FileStore
  readonly fileCopies: Pick<FileCopies, 'removeNeedless'>
}

/** How long deleted files are stored: a call or a batch may be reading them. */
export const deletedStoredMs = dayMs
const leaseMs = 5 * minuteMs
const workMsMax = 60 * secondMs
/** No upload takes so long. What is older and has no row was left by a crash. */
const orphanFromMs = hourMs
const lookedUpAtOnce = 200

/**
 * Takes away what is over: files past their time, deleted ones after a day, erased users' at once, and their copies at
 * providers. One server of an installation does it.
 */
export async function purgeFiles(deps: FilePurgeDeps): Promise<number> {
  const run = await begin(deps, 'files')
  if (run === null) return 0
  const { db, fileStore } = deps
  const { startedAtMs, isInTime } = run
  for (let last = 1; last > 0 && isInTime(); ) last = await retireOverdue(db, startedAtMs)
  const copies = await deps.fileCopies.removeNeedless()
  const next = () => findPurgeable(db, startedAtMs - deletedStoredMs)
  let purged = 0
  for (let ids = await next(); ids.length > 0 && isInTime(); ids = await next())
    for (const id of ids) {
      // The row goes last: what is not gone yet is tried again.
      await fileStore.remove(id)
      await forgetRow(db, id)
      purged += 1
    }
  if (purged + copies > 0) deps.logger.info({ files: purged, copies }, 'files were purged')
  return purged
}

/** Takes away what no row names, since a server has died between writing a file and its row. */
export async function sweepFiles(deps: FilePurgeDeps): Promise<number> {
  const run = await begin(deps, 'stray files')
  if (run === null) return 0
  const { db, fileStore } = deps
  let swept = 0
  const sweep = async (ids: readonly string[]) => {
    for (const id of await findUnknown(db, ids)) {
      await fileStore.remove(id)
      swept += 1
    }
  }
  let ids: string[] = []
  for await (const id of fileStore.listWrittenBefore(run.startedAtMs - orphanFromMs)) {
    if (!run.isInTime()) break
    ids.push(id)
    if (ids.length < lookedUpAtOnce) continue
    await sweep(ids)
    ids = []
  }
  await sweep(ids)
  if (swept > 0) deps.logger.info({ files: swept }, 'files that a crash had left were removed')
  return swept
}

/** @returns null where another server does it. */
async function begin({ db, clock, self, inFlight }: FilePurgeDeps, name: string) {
  const startedAtMs = clock.nowMs()
  if (!(await claimLease(db, { name, serverId: self.serverId, forMs: leaseMs }, startedAtMs))) return null
  return { startedAtMs, isInTime: () => inFlight.isAdmitting && clock.nowMs() - startedAtMs < workMsMax }
}
