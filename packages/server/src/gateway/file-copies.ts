import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import {
  type CopyPlace,
  claimCopy,
  findCopy,
  findNeedlessCopies,
  forgetCopy,
  giveUpCopy,
  noteCopy,
} from '../files/copy-rows.ts'
import { type Clock, hourMs, minuteMs, secondMs } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import { buildUpstreamHeaders } from '../wires/anthropic-messages/build-upstream-request.ts'
import { withFilesBeta } from '../wires/anthropic-messages/refer-to-copies.ts'
import type { Upstreams } from './forward.ts'

/** A file that is too large to go inline. */
export interface LargeFile {
  readonly id: string
  readonly filename: string
  readonly mimeType: string
  /** Base64. */
  readonly data: string
}

/** Copies of large files at Anthropic, one for each of its keys, made when a call needs it. Each expires there by itself. */
export interface FileCopies {
  /** @returns the copy's id, which works with this key only; null where it cannot be made: then the file goes inline. */
  ensure(file: LargeFile, apiKey: string): Promise<string | null>
  /** The first of these keys with which there is a copy. */
  keyWithCopy(fileId: string, apiKeys: readonly string[]): Promise<string | null>
  /** Deletes the copies of deleted files; what fails is tried the next time. @returns how many went. */
  removeNeedless(): Promise<number>
}

export interface FileCopiesDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pick<Pepper, 'hash'>
  readonly upstreams: Pick<Upstreams, 'keysOf' | 'manage'>
}

const lifeSeconds = 86_400
/** No call is sent with a copy that might expire before it is read. */
const marginMs = hourMs
const uploadMsMax = 60 * secondMs
const waitMs = 250
const answerBytesMax = 64 * 1024

export function createFileCopies(deps: FileCopiesDeps): FileCopies {
  const { db, clock, pepper } = deps
  /** In this process, calls that come together wait for one upload. */
  const running = new Map<string, Promise<string | null>>()

  const make = async (file: LargeFile, apiKey: string, place: CopyPlace): Promise<string | null> => {
    for (const startedAtMs = clock.nowMs(); clock.nowMs() - startedAtMs < uploadMsMax; await setTimeout(waitMs)) {
      const nowMs = clock.nowMs()
      const untilMs = nowMs + marginMs
      const known = await findCopy(db, place, untilMs)
      if (known !== null) return known
      if (await claimCopy(db, place, { nowMs, untilMs })) return upload(deps, file, { apiKey, place })
      // Another server uploads it.
    }
    return null
  }
  return {
    ensure(file, apiKey) {
      const place = { fileId: file.id, keyHash: pepper.hash('provider-key', apiKey) }
      const name = `${place.fileId} ${place.keyHash}`
      const made =
        running.get(name) ??
        make(file, apiKey, place)
          // A store that is away is no reason not to send the file inline.
          .catch(() => null)
          .finally(() => running.delete(name))
      running.set(name, made)
      return made
    },
    async keyWithCopy(fileId, apiKeys) {
      for (const apiKey of apiKeys) {
        const place = { fileId, keyHash: pepper.hash('provider-key', apiKey) }
        if ((await findCopy(db, place, clock.nowMs() + marginMs)) !== null) return apiKey
      }
      return null
    },
    removeNeedless: () => removeNeedless(deps),
  }
}

interface CopyTarget {
  readonly apiKey: string
  readonly place: CopyPlace
}

/** Where the answer is lost, the copy is there and nobody knows it; it expires within a day. */
async function upload(deps: FileCopiesDeps, file: LargeFile, { apiKey, place }: CopyTarget): Promise<string | null> {
  const { db, clock, upstreams } = deps
  const expiresAtMs = clock.nowMs() + lifeSeconds * secondMs
  const form = writeForm(file)
  const outcome = await upstreams.manage({
    ...{ provider: 'anthropic', method: 'POST', path: '/v1/files', body: form.body },
    headers: { ...headersFor(apiKey), 'content-type': form.contentType },
    signal: AbortSignal.timeout(uploadMsMax),
  })
  const answer = outcome.kind === 'response' ? await outcome.body.readWhole(answerBytesMax) : null
  const providerFileId = outcome.kind === 'response' && outcome.status < 300 && answer !== null ? idIn(answer) : null
  if (providerFileId === null) {
    await giveUpCopy(db, place)
    return null
  }
  await noteCopy(db, place, { providerFileId, expiresAtMs })
  return providerFileId
}

function headersFor(apiKey: string): Record<string, string> {
  return withFilesBeta(buildUpstreamHeaders({}, apiKey))
}

function writeForm({ filename, mimeType, data }: LargeFile): { readonly body: Buffer; readonly contentType: string } {
  const boundary = `opencredits-${randomUUID()}`
  const part = (disposition: string) => `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n`
  // The rules for names leave nothing that would end the quotes.
  const head = `${part('name="expires_in_seconds"')}\r\n${lifeSeconds}\r\n${part(`name="file"; filename="${filename}"`)}content-type: ${mimeType}\r\n\r\n`
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([Buffer.from(head), Buffer.from(data, 'base64'), Buffer.from(`\r\n--${boundary}--\r\n`)]),
  }
}

function idIn(answer: Buffer): string | null {
  try {
    const { id } = Object(JSON.parse(answer.toString('utf8')))
    return typeof id === 'string' && /^[\w-]{1,200}$/.test(id) ? id : null
  } catch {
    return null
  }
}

async function removeNeedless({ db, clock, pepper, upstreams }: FileCopiesDeps): Promise<number> {
  const nowMs = clock.nowMs()
  const keys = new Map(upstreams.keysOf('anthropic').map((key) => [pepper.hash('provider-key', key), key]))
  let removed = 0
  for (const row of await findNeedlessCopies(db, nowMs)) {
    const apiKey = keys.get(row.key_hash)
    const isOver = row.provider_file_id === null || row.expires_at_ms <= nowMs
    // What a key has brought that is configured no more expires there.
    const isGone = isOver || (apiKey !== undefined && (await remove(upstreams, row.provider_file_id ?? '', apiKey)))
    if (!isGone) continue
    await forgetCopy(db, { fileId: row.file_id, keyHash: row.key_hash })
    removed += 1
  }
  return removed
}

async function remove(upstreams: Pick<Upstreams, 'manage'>, providerFileId: string, apiKey: string): Promise<boolean> {
  const outcome = await upstreams.manage({
    ...{ provider: 'anthropic', method: 'DELETE', path: `/v1/files/${providerFileId}` },
    headers: headersFor(apiKey),
    signal: AbortSignal.timeout(minuteMs),
  })
  if (outcome.kind !== 'response') return false
  outcome.body.discard()
  return outcome.status < 300 || outcome.status === 404
}
