import { isIP } from 'node:net'
import { Agent } from 'undici'
import { guardedLookup, hostOf, isPublicAddress, NotPublic } from '../http/public-address.ts'
import { AppError } from '../kernel/app-error.ts'
import { secondMs } from '../kernel/clock.ts'
import type { FetchedDocument } from '../wires/wire.ts'
import { readWhole } from './read-whole.ts'

/** Fetches documents that a request names by a URL, for a provider that takes them only whole. */
export interface Documents {
  /**
   * @returns the documents by their URLs; none for none.
   * @throws AppError `invalid_request` for an address that is not public, for what is no document, and for more than
   * 25 MB of one or 32 MB of all.
   */
  fetchAll(urls: readonly string[]): Promise<ReadonlyMap<string, FetchedDocument>>
  close(): Promise<void>
}

const megabyte = 1024 * 1024
const documentBytesMax = 25 * megabyte
const allBytesMax = 32 * megabyte
const timeoutMs = 10 * secondMs

/**
 * A request may name any address, so it may only reach public ones: each name is resolved here, every address of it is
 * checked, and the connection goes to what was checked. Redirects are not followed.
 * @param isAllowed tells whether an address may be connected to; tests open what is closed.
 */
export function createDocuments(isAllowed: (address: string) => boolean = isPublicAddress): Documents {
  const agent = new Agent({
    connect: { timeout: timeoutMs, lookup: guardedLookup(isAllowed) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  /** @param signal ends them all when one fails. */
  const fetchOne = async (
    text: string,
    { signal, take }: { signal: AbortSignal; take: (bytes: number) => boolean },
  ) => {
    const url = parseUrl(text)
    const host = hostOf(url)
    // A literal address is connected to without a lookup.
    if (isIP(host) !== 0 && !isAllowed(host)) throw refuse(url, 'its address is not public')
    const answer = await agent
      .request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
      .catch((error: unknown) => {
        throw refuse(url, error instanceof NotPublic ? error.message : 'it could not be fetched')
      })
    answer.body.on('data', (part: Buffer) => {
      if (!take(part.length)) answer.body.destroy()
    })
    const body = await readWhole(answer.body, documentBytesMax)
    if (!take(0)) throw tooLarge()
    if (answer.statusCode !== 200 || body === null) throw refuse(url, 'it could not be fetched')
    const [mediaType = ''] = String(answer.headers['content-type'] ?? '').split(';')
    if (mediaType !== 'application/pdf' && !mediaType.startsWith('text/'))
      throw refuse(url, `it is ${mediaType === '' ? 'of no type' : mediaType.slice(0, 60)}, no document`)
    return { mediaType, data: body.toString('base64') }
  }
  return {
    async fetchAll(urls) {
      let left = allBytesMax
      const take = (bytes: number) => {
        left -= bytes
        return left >= 0
      }
      const stop = new AbortController()
      try {
        const options = { signal: stop.signal, take }
        return new Map(await Promise.all(urls.map(async (url) => [url, await fetchOne(url, options)] as const)))
      } finally {
        stop.abort()
      }
    },
    close: () => agent.close(),
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '') return url
  throw new AppError('invalid_request', 'messages: a document’s URL has to be http or https, without a password.', {
    param: 'messages',
  })
}

function refuse(url: URL, reason: string): AppError {
  return new AppError('invalid_request', `messages: the document at ${url.origin} cannot be read: ${reason}.`, {
    param: 'messages',
  })
}

function tooLarge(): AppError {
  return new AppError(
    'invalid_request',
    'messages: the documents have more than 32 MB together. Send fewer at a time.',
    {
      param: 'messages',
    },
  )
}
