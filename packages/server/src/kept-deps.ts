import type { Logger } from 'pino'
import { createRemoteResults } from './batches/remote-results.ts'
import type { Config } from './config.ts'
import { type ClientFiles, createClientFiles } from './files/client-files.ts'
import { openFileStore } from './files/open-file-store.ts'
import type { Upstreams } from './gateway/forward.ts'
import { describeForLog } from './http/answer-error.ts'
import { createKeptResponses, type KeptResponses } from './kept/kept-responses.ts'
import type { Clock } from './kernel/clock.ts'
import type { Pepper } from './keys/pepper.ts'
import type { Database } from './store/open-database.ts'

interface KeptDeps {
  readonly kept: KeptResponses
  readonly files: ClientFiles
  readonly fileBytesMax: number
  readonly userFileBytesMax: number
}

/** Nobody has so many for a purpose. */
const userFilesMax = 10_000

/** What clients keep with us. */
export function createKeptDeps(
  config: Pick<Config, 'kept' | 'files'>,
  deps: {
    readonly db: Database
    readonly clock: Clock
    readonly logger: Logger
    readonly pepper: Pepper
    readonly upstreams: Upstreams
  },
): KeptDeps {
  const { isOn, responsesHours: keptHours } = config.kept
  const { address, fileBytesMax, userBytesMax } = config.files
  const onLost = (error: unknown) => deps.logger.warn({ error: describeForLog(error) }, 'a response could not be kept')
  return {
    kept: createKeptResponses({ ...deps, isOn, keptHours, onLost }),
    files: createClientFiles({
      ...{ ...deps, isOn, store: openFileStore(address, deps) },
      limits: { userBytesMax, userFilesMax },
      readRemote: createRemoteResults(deps),
    }),
    fileBytesMax,
    userFileBytesMax: userBytesMax,
  }
}
