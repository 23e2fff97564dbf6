import { AppError } from '../kernel/app-error.ts'
import { referToCopies, withFilesBeta } from '../wires/anthropic-messages/refer-to-copies.ts'
import type { UpstreamBody } from '../wires/wire.ts'
import type { LargeFile } from './file-copies.ts'
import type { UpstreamRequest } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** @throws AppError 400 for one that is nested too deep. */
export function writeBody(fields: UpstreamBody): string {
  try {
    return JSON.stringify(fields)
  } catch (error) {
    // A body nested too deep for the serializer is the client's to mend.
    throw error instanceof RangeError
      ? new AppError('invalid_request', 'The body is nested too deep.', { cause: error })
      : error
  }
}

/** What is at a provider with one of its keys: the copies' ids by the content that they are of. */
export interface KeyedCopies {
  readonly apiKey: string
  readonly ids: ReadonlyMap<string, string>
}

interface Outgoing {
  readonly fields: UpstreamBody
  /** The same, written already; null where it is not. */
  readonly text: string | null
  readonly largeFiles: readonly LargeFile[]
  /** What was made before. A copy that failed is not tried again for the same call. */
  readonly copies: KeyedCopies | null
}

/**
 * The body of a call. With large files it is another one for each key of the provider, which sees only the copies that it
 * has brought; a file of which there is no copy goes inline.
 */
export function bodyOf(
  { fileCopies }: Pick<GatewayDeps, 'fileCopies'>,
  { fields, text, largeFiles, copies }: Outgoing,
): UpstreamRequest['body'] {
  if (largeFiles.length === 0) return text ?? writeBody(fields)
  return async (apiKey, headers) => {
    const { ids } = copies?.apiKey === apiKey ? copies : await ensureAll(fileCopies, largeFiles, apiKey)
    const referring = referToCopies(fields, (data) => ids.get(data) ?? null)
    return { body: writeBody(referring), headers: referring === fields ? headers : withFilesBeta(headers) }
  }
}

/**
 * Makes the copies that a call will need, with a key that has one already or else the next in turn. As long as that takes,
 * nothing is sent.
 */
export async function copyAhead(
  { fileCopies, upstreams }: Pick<GatewayDeps, 'fileCopies' | 'upstreams'>,
  largeFiles: readonly LargeFile[],
): Promise<KeyedCopies | null> {
  const [first] = largeFiles
  if (first === undefined) return null
  const keys = upstreams.keysOf('anthropic')
  const apiKey = (await fileCopies.keyWithCopy(first.id, keys)) ?? keys[0]
  return apiKey === undefined ? null : ensureAll(fileCopies, largeFiles, apiKey)
}

async function ensureAll(
  fileCopies: GatewayDeps['fileCopies'],
  largeFiles: readonly LargeFile[],
  apiKey: string,
): Promise<KeyedCopies> {
  const ids = new Map<string, string>()
  for (const file of largeFiles) {
    const copyId = await fileCopies.ensure(file, apiKey)
    if (copyId !== null) ids.set(file.data, copyId)
  }
  return { apiKey, ids }
}
