import type { RequestResponse } from '@opencredits/protocol'
import { OpenCreditsError } from './open-credits-error.ts'
import { parseJson, readErrorBody } from './read-error.ts'

export interface ClientOptions {
  /** Where OpenCredits runs, such as `https://credits.example`. Default `https://opencredits.ai`. */
  readonly baseUrl?: string | undefined
  /** The `oc_sk_…` of the user who pays, as the page sent it to you. */
  readonly userKey: string
}

/** Spends one user's credits. Make one for each request of your own: it remembers nothing but the key. */
export interface OpenCreditsClient {
  /** Credits that the user can spend now. 100 credits are USD 1. @throws OpenCreditsError */
  balance(): Promise<number>
  /** What a call used and what it cost, by the `request-id` of its answer, as soon as it has ended. @throws OpenCreditsError */
  request(requestId: string): Promise<RequestResponse>
  /**
   * Like the global `fetch`, for a path such as `/v1/chat/completions`, with the user's key. A text body is sent as JSON
   * unless the headers say otherwise; streams pass as they come.
   * @throws OpenCreditsError for every answer that is not 2xx; InsufficientCreditsError for too few credits.
   */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** For the `openai` package and those like it: `new OpenAI({ baseURL: client.openaiBaseUrl, apiKey: userKey })`. */
  readonly openaiBaseUrl: string
  /** For `@anthropic-ai/sdk`: `new Anthropic({ baseURL: client.anthropicBaseUrl, apiKey: userKey })`. */
  readonly anthropicBaseUrl: string
}

const defaultBaseUrl = 'https://opencredits.ai'

/** @throws OpenCreditsError `invalid_option` for a key or an address that cannot be one. */
export function createClient({ baseUrl = defaultBaseUrl, userKey }: ClientOptions): OpenCreditsClient {
  checkKey(userKey)
  if (!/^https?:\/\/[^/]/.test(baseUrl))
    throw refused('createClient: baseUrl must be an address such as https://credits.example.')
  const origin = baseUrl.replace(/\/+$/, '')

  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    // Whatever comes after a slash stays at this host: the key goes nowhere else.
    if (!path.startsWith('/')) throw refused(`client.fetch: the path must begin with a slash, such as '/v1/models'.`)
    const response = await send(`${origin}${path}`, withKey(init, userKey))
    if (response.ok) return response
    throw await errorOf(response)
  }
  return {
    async balance() {
      const answer: { readonly balance?: unknown } = await (await call('/v1/credits/balance')).json()
      // An unknown balance is an error, never 0.
      if (typeof answer.balance !== 'number') throw new OpenCreditsError('network_error', `${origin} gave no balance.`)
      return answer.balance
    },
    async request(requestId) {
      const answer: RequestResponse = await (await call(`/v1/credits/requests/${encodeURIComponent(requestId)}`)).json()
      return answer
    },
    fetch: call,
    openaiBaseUrl: `${origin}/v1`,
    anthropicBaseUrl: origin,
  }
}

function checkKey(userKey: unknown): void {
  if (typeof userKey === 'string' && userKey.trim().startsWith('oc_sk_')) return
  throw refused(
    "createClient: userKey must be the user's oc_sk_… key. The page has it from OpenCredits.getUserKey(), and none before the first purchase or sign-in.",
  )
}

function withKey(init: RequestInit, userKey: string): RequestInit {
  const headers = new Headers(init.headers)
  headers.set('x-user-key', userKey)
  if (typeof init.body === 'string' && !headers.has('content-type')) headers.set('content-type', 'application/json')
  // A redirect that is followed would carry the key to wherever it leads.
  return { ...init, headers, redirect: 'manual' }
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause
    const { origin } = new URL(url)
    throw new OpenCreditsError(
      'network_error',
      `OpenCredits at ${origin} could not be reached. Is it the right baseUrl?`,
      {
        cause,
      },
    )
  }
}

async function errorOf(response: Response): Promise<OpenCreditsError> {
  const known = { status: response.status, requestId: response.headers.get('request-id') }
  const read = readErrorBody(parseJson(await response.text().catch(() => null)), known)
  if (read !== null) return read
  const to = response.headers.get('location')
  const message =
    to === null
      ? `OpenCredits answered ${response.status}, and not as the API does. Is it the right baseUrl?`
      : `OpenCredits answered with a redirect to ${to}. Use that address as baseUrl.`
  return new OpenCreditsError('network_error', message, known)
}

function refused(message: string): OpenCreditsError {
  return new OpenCreditsError('invalid_option', message)
}
