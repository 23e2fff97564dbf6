import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import { Agent } from 'undici'
import { guardedLookup, hostOf, isPublicAddress, NotPublic, type ResolveHost } from '../http/public-address.ts'
import { secondMs } from '../kernel/clock.ts'
import { cleanHead, headBytesMax } from './clean-head.ts'

export interface EventPost {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What came of one attempt. */
export interface PostOutcome {
  /** Null: there was no answer. */
  readonly status: number | null
  /** Why it failed, in words for the partner; null where it succeeded. */
  readonly error: string | null
  /** The beginning of the answer's body. */
  readonly responseHead: string | null
  readonly retryAfterMs: number | null
}

/** Beside the signature. */
export const postHeaders = { 'content-type': 'application/json', 'user-agent': 'OpenCredits-Webhooks/1' } as const

export interface EventPoster {
  /** Never throws. */
  post(event: EventPost): Promise<PostOutcome>
  close(): Promise<void>
}

export interface PosterOptions {
  readonly allowsPrivate: boolean
  /** Default: as the system does. */
  readonly resolve?: ResolveHost
  /** Of one attempt, from the lookup to the end of the answer. Default: 15 s. */
  readonly timeoutMs?: number
}

/**
 * Sends events to addresses that partners name. As for documents, each name is resolved here, every address is checked,
 * and the connection goes to what was checked; a redirect is a failure and is not followed.
 */
export function createEventPoster({ allowsPrivate, resolve, timeoutMs = 15 * secondMs }: PosterOptions): EventPoster {
  const isAllowed = (address: string) => allowsPrivate || isPublicAddress(address)
  const agent = new Agent({
    connect: { timeout: timeoutMs, lookup: guardedLookup(isAllowed, resolve) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 4 * secondMs,
  })
  return {
    async post({ url: text, headers, body }) {
      const url = new URL(text)
      const host = hostOf(url)
      // A literal address is connected to without a lookup.
      if (isIP(host) !== 0 && !isAllowed(host)) return failed(new NotPublic('its address is not public'))
      try {
        const answer = await agent.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.timeout(timeoutMs),
        })
        const responseHead = cleanHead(await readHead(answer.body))
        const retryAfterMs = readRetryAfter(answer.headers['retry-after'])
        return { status: answer.statusCode, error: errorOf(answer.statusCode), responseHead, retryAfterMs }
      } catch (error) {
        return failed(error)
      }
    },
    close: () => agent.destroy(),
  }
}

/** No more than is kept: an endpoint may answer without an end. What breaks off was begun, and its status counts. */
function readHead(body: Readable): Promise<Buffer> {
  return new Promise((done) => {
    const parts: Buffer[] = []
    let bytes = 0
    const finish = () => {
      done(Buffer.concat(parts))
      body.destroy()
    }
    body.on('data', (part: Buffer) => {
      parts.push(part)
      bytes += part.length
      if (bytes >= headBytesMax) finish()
    })
    body.once('end', finish)
    body.on('error', finish)
    body.once('close', finish)
  })
}

function errorOf(status: number): string | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400) return `answered ${status}: redirects are not followed`
  return `answered ${status}`
}

function failed(error: unknown): PostOutcome {
  return { status: null, error: wordsFor(error), responseHead: null, retryAfterMs: null }
}

/** Words of our own: an error's message may hold an address of this network. */
function wordsFor(error: unknown): string {
  if (error instanceof NotPublic) return error.message
  if (!(error instanceof Error)) return 'the request failed'
  if (error.cause instanceof NotPublic) return error.cause.message
  const code = 'code' in error ? String(error.code) : ''
  if (error.name === 'TimeoutError' || code.includes('TIMEOUT') || code === 'ETIMEDOUT')
    return 'no answer within 15 seconds'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its host has no address in the DNS'
  if (code === 'ECONNREFUSED') return 'the connection was refused'
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return `its TLS certificate was not accepted (${code})`
  return 'the connection broke off'
}

/** In seconds. A date is not read: an endpoint's clock may be wrong. */
function readRetryAfter(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header
  if (text === undefined) return null
  if (/^\d{1,9}$/.test(text)) return Number(text) * secondMs
  return null
}
