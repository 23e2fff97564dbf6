import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { type ClientFiles, type ClientFilesDeps, createClientFiles } from './files/client-files.ts'
import type { FileStore } from './files/file-store.ts'
import { openFileStore } from './files/open-file-store.ts'
import { createFileCopies, type FileCopies, type FileCopiesDeps } from './gateway/file-copies.ts'
import { describeForLog } from './http/answer-error.ts'
import { createKeptResponses, type KeptResponses } from './kept/kept-responses.ts'
import type { Pepper } from './keys/pepper.ts'

interface KeptDeps {
  readonly kept: KeptResponses
  readonly files: ClientFiles
  readonly fileStore: FileStore
  readonly fileCopies: FileCopies
  readonly fileBytesMax: number
  readonly userFileBytesMax: number
}

/** Nobody has so many for a purpose. */
const userFilesMax = 10_000

/** What clients keep with us. */
export function createKeptDeps(
  config: Pick<Config, 'kept' | 'files'>,
  deps: FileCopiesDeps & { readonly logger: Logger; readonly pepper: Pepper },
  readRemote: ClientFilesDeps['readRemote'],
): KeptDeps {
  const { isOn, responsesHours: keptHours } = config.kept
  const { address, fileBytesMax, userBytesMax } = config.files
  const onLost = (error: unknown) => deps.logger.warn({ error: describeForLog(error) }, 'a response could not be kept')
  const fileStore = openFileStore(address, deps)
  return {
    kept: createKeptResponses({ ...deps, isOn, keptHours, onLost }),
    files: createClientFiles({
      ...{ ...deps, isOn, store: fileStore },
      limits: { userBytesMax, userFilesMax },
      onUncounted: (error) => deps.logger.warn({ error: describeForLog(error) }, 'a use of a file was not counted'),
      readRemote,
    }),
    fileStore,
    fileCopies: createFileCopies(deps),
    fileBytesMax,
    userFileBytesMax: userBytesMax,
  }
}
