import type { Readable } from 'node:stream'
import { Agent } from 'undici'
import type { ProviderConfig } from '../config.ts'
import { assert } from '../kernel/assert.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ModelProvider } from '../pricing/catalogue.ts'
import { type AnswerBody, bodyOf } from './answer-body.ts'
import { decodeBody } from './decode-body.ts'
import { forwardWhole } from './forward-whole.ts'
import { createKeyRing, type KeyRing } from './key-ring.ts'
import { WholeBody } from './whole-body.ts'

export interface UpstreamRequest {
  readonly provider: ModelProvider
  readonly path: string
  /** A function where it is another one for each of the provider's keys; it never rejects. */
  readonly body: string | Buffer | BodyForKey
  /** The headers for one of the provider's keys. */
  headersFor(apiKey: string): Record<string, string>
  readonly signal: AbortSignal
  /** The answer comes whole: a provider that has not begun it in time has worked all the while. Default: false. */
  readonly isWhole?: boolean
  /** The key to begin with, where what the call needs is at the provider with this one. Default: the next in turn. */
  readonly firstKey?: string | undefined
  /** Asked before another key is tried. Default: always. */
  isWanted?(): boolean
}

/** @param headers for this key. */
export type BodyForKey = (
  apiKey: string,
  headers: Readonly<Record<string, string>>,
) => Promise<{ readonly body: string; readonly headers: Readonly<Record<string, string>> }>

export interface OwnRequest {
  readonly provider: ModelProvider
  readonly path: string
  readonly body: string | Buffer
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly isWhole?: boolean
}

/** What is asked of one workspace of ours at a provider: of the batches or files that one of its keys has made. */
export interface ManagedRequest {
  readonly provider: ModelProvider
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: string | Buffer
  /** With the key in them. */
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export type UpstreamOutcome =
  | {
      readonly kind: 'response'
      readonly status: number
      readonly contentType: string
      readonly requestId: string | null
      readonly retryAfterSeconds: number | null
      readonly headers: Readonly<Record<string, string | string[] | undefined>>
      readonly body: AnswerBody
    }
  /** Nothing came back: no connection, a timeout, or the caller aborted. */
  | { readonly kind: 'failed'; readonly reason: string }

/** The providers as the operator configured them. */
export interface Upstreams {
  isConfigured(provider: ModelProvider): boolean
  /** Sends a call. Before the first byte of an answer it moves on to another key, twice at the most. */
  forward(request: UpstreamRequest): Promise<UpstreamOutcome>
  /**
   * Asks for something that is free and can be done without, such as a count: once, with the key that is next. Its
   * failure says nothing of the key, as such requests have limits of their own.
   */
  ask(request: UpstreamRequest & { readonly body: string | Buffer }): Promise<UpstreamOutcome>
  /** Sends a call once with the caller's own credential, which stands in `headers`. */
  forwardOwn(request: OwnRequest): Promise<UpstreamOutcome>
  /** The provider's keys, as they are configured. */
  keysOf(provider: ModelProvider): readonly string[]
  /** The same in the order in which to try them. */
  keysInTurn(provider: ModelProvider): readonly string[]
  /** Sends once, with the key that stands in the headers. */
  manage(request: ManagedRequest): Promise<UpstreamOutcome>
  close(): Promise<void>
}

export interface UpstreamOptions {
  readonly providers: Readonly<Record<ModelProvider, ProviderConfig>>
  readonly timeouts: { readonly connectMs: number; readonly firstByteMs: number; readonly idleMs: number }
  readonly clock: Clock
}

const triesMax = 3
const coolDownMs = 30_000
const coolDownMsMax = 15 * 60_000

/** Statuses that speak of our key or the provider, not of the client's request. */
const keyFailures = new Set([401, 402, 403, 429])

export function createUpstreams(options: UpstreamOptions): Upstreams {
  // Connections are kept and shared; a redirect is never followed, so a credential reaches no other host.
  const agent = new Agent({
    connect: { timeout: options.timeouts.connectMs },
    headersTimeout: options.timeouts.firstByteMs,
    bodyTimeout: options.timeouts.idleMs,
    connections: 512,
    pipelining: 1,
  })
  const bases = new Map<ModelProvider, Base>()
  const rings = new Map<ModelProvider, KeyRing>()
  for (const [provider, { apiKeys, baseUrl }] of Object.entries(options.providers) as [
    ModelProvider,
    ProviderConfig,
  ][]) {
    const url = new URL(baseUrl)
    bases.set(provider, { agent, origin: url.origin, path: url.pathname.replace(/\/$/, '') })
    rings.set(provider, createKeyRing(apiKeys, options.clock))
  }
  const baseOf = (provider: ModelProvider): Base => {
    const base = bases.get(provider)
    assert(base !== undefined, `${provider} is a provider`)
    return base
  }
  return {
    isConfigured: (provider) => options.providers[provider].apiKeys.length > 0,
    forward: (request) => tryKeys(baseOf(request.provider), rings.get(request.provider), request),
    ask(request) {
      const [key] = rings.get(request.provider)?.order() ?? []
      return key === undefined
        ? Promise.resolve(noKey)
        : send(baseOf(request.provider), { ...request, headers: request.headersFor(key) })
    },
    forwardOwn: (request) => send(baseOf(request.provider), request),
    keysOf: (provider) => options.providers[provider].apiKeys,
    keysInTurn: (provider) => rings.get(provider)?.order() ?? [],
    manage: (request) => send(baseOf(request.provider), { ...request, body: request.body ?? null }),
    close: () => agent.close(),
  }
}

/** Where a provider's paths begin. */
interface Base {
  readonly agent: Agent
  readonly origin: string
  readonly path: string
}

const noKey: UpstreamOutcome = { kind: 'failed', reason: 'no key is configured' }

async function tryKeys(base: Base, ring: KeyRing | undefined, request: UpstreamRequest): Promise<UpstreamOutcome> {
  let last: UpstreamOutcome = noKey
  const keys = beginningWith(request.firstKey, ring?.order() ?? []).slice(0, triesMax)
  for (const [index, key] of keys.entries()) {
    const headers = request.headersFor(key)
    const { body } = request
    last = await send(base, {
      ...request,
      ...(typeof body === 'function' ? await body(key, headers) : { body, headers }),
    })
    if (request.signal.aborted || !isWorthAnotherKey(last)) return last
    // No fault of the key's: it would be billed again, and take as long.
    if (request.isWhole === true && isFirstByteTimeout(last)) return last
    ring?.coolDown(key, coolDownOf(last))
    const isLast = index === keys.length - 1
    if (request.isWanted?.() === false) return last
    // The body of an answer that is passed over has to be read away, or its connection is lost.
    if (!isLast && last.kind === 'response') last.body.discard()
  }
  return last
}

function beginningWith(first: string | undefined, keys: readonly string[]): readonly string[] {
  return first === undefined || !keys.includes(first) ? keys : [first, ...keys.filter((key) => key !== first)]
}

/** Whether a call was sent, and no byte came back in the time that there was for it. */
export function isFirstByteTimeout(outcome: UpstreamOutcome): boolean {
  return outcome.kind === 'failed' && outcome.reason === 'UND_ERR_HEADERS_TIMEOUT'
}

/** Whether an answer was given up here because nothing more came of it for too long. */
export function isTimeout(error: Error): boolean {
  return codeOf(error) === 'UND_ERR_BODY_TIMEOUT'
}

function isWorthAnotherKey(outcome: UpstreamOutcome): boolean {
  return outcome.kind === 'failed' || outcome.status >= 500 || keyFailures.has(outcome.status)
}

function coolDownOf(outcome: UpstreamOutcome): number {
  if (outcome.kind === 'failed' || outcome.retryAfterSeconds === null) return coolDownMs
  return Math.min(outcome.retryAfterSeconds * 1000, coolDownMsMax)
}

type SentRequest = Pick<OwnRequest, 'path' | 'headers' | 'signal' | 'isWhole'> & {
  readonly body: string | Buffer | null
  /** Default: `POST`. */
  readonly method?: 'GET' | 'POST' | 'DELETE'
}

async function send({ agent, origin, path }: Base, request: SentRequest): Promise<UpstreamOutcome> {
  const { headers, body, signal, method = 'POST' } = request
  const wanted = { origin, path: `${path}${request.path}`, method, headers, body } as const
  try {
    const answer =
      request.isWhole === true ? await forwardWhole(agent, wanted, signal) : await agent.request({ ...wanted, signal })
    return {
      kind: 'response',
      status: answer.statusCode,
      contentType: headerOf(answer.headers['content-type']) ?? 'application/json',
      requestId: headerOf(answer.headers['request-id']) ?? headerOf(answer.headers['x-request-id']),
      retryAfterSeconds: secondsOf(headerOf(answer.headers['retry-after'])),
      headers: answer.headers,
      body: readable(answer.body, headerOf(answer.headers['content-encoding'])),
    }
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? codeOf(error) : 'unknown' }
  }
}

function readable(body: Readable | WholeBody, encoding: string | null): AnswerBody {
  const isPlain = encoding === null || encoding === 'identity'
  if (body instanceof WholeBody) return isPlain ? body : bodyOf(decodeBody(body.stream(), encoding))
  return bodyOf(isPlain ? body : decodeBody(body, encoding))
}

function headerOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}

function secondsOf(text: string | null): number | null {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
