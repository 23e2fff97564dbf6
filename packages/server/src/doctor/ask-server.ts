import { z } from 'zod'
import { isSendable, masked } from './credential.ts'
import type { Trap } from './find-traps.ts'

/** What the server itself says. */
export interface ServerReport {
  readonly reachable: boolean
  /** Who the server says would pay; null where it was not asked or cannot tell. */
  readonly billedTo: 'credits' | 'passthrough' | 'nobody' | null
  readonly reason: string | null
  /** Credits of the key, where there is one. */
  readonly balance: number | null
  readonly traps: readonly Trap[]
}

export interface Question {
  readonly url: string
  /** How the server is called in messages. */
  readonly origin: string
  /** As the client would send them, but with nothing of another service's in it. */
  readonly headers: Readonly<Record<string, string>>
  /** Whose balance to ask for. */
  readonly userKey: string | null
  readonly fetch: typeof fetch
}

const healthSchema = z.object({ status: z.string(), mode: z.enum(['sandbox', 'live']) })
const routeSchema = z.object({ billed_to: z.enum(['credits', 'passthrough', 'nobody']), reason: z.string() })
const balanceSchema = z.object({ balance: z.number() })
const patienceMs = 10_000

/** First asks without any key whether this is an OpenCredits server at all: only such a one is sent a key. Nothing is billed. */
export async function askServer(question: Question): Promise<ServerReport> {
  const { url, origin, headers, userKey } = question
  const silent: ServerReport = { reachable: false, billedTo: null, reason: null, balance: null, traps: [] }
  try {
    const health = await get(question, `${url}/v1/health`, {})
    if (!healthSchema.safeParse(health.body).success)
      return { ...silent, reachable: true, traps: [notOurs(origin, health.status)] }
    const heard = { ...silent, reachable: true }
    if (health.status === 503)
      return { ...heard, traps: [{ code: 'unavailable', message: `${origin} takes no calls at the moment.` }] }
    if (!Object.values(headers).every(isSendable)) return heard
    const route = routeSchema.safeParse((await get(question, `${url}/v1/credits/route`, headers)).body)
    const balance = userKey === null ? null : await askBalance(question, userKey)
    // An older server has no such path: then what the setup says has to do.
    if (!route.success) return { ...heard, balance }
    const reason = plain(route.data.reason, headers)
    const answer = { ...heard, billedTo: route.data.billed_to, reason, balance }
    if (answer.billedTo === 'nobody') return { ...answer, traps: [{ code: 'refused', message: reason }] }
    return answer.billedTo === 'credits' && balance !== null && balance <= 0
      ? {
          ...answer,
          traps: [{ code: 'no_credits', message: 'The key is good, but there are no credits left: top up.' }],
        }
      : answer
  } catch {
    return { ...silent, traps: [{ code: 'unreachable', message: `${origin} does not answer.` }] }
  }
}

function notOurs(origin: string, status: number): Trap {
  const redirected =
    status >= 300 && status < 400 ? ' It sends callers elsewhere: use the address it sends them to.' : ''
  return {
    code: 'not_opencredits',
    message: `${origin} answers, but not like an OpenCredits server.${redirected} Is the base URL right? No key was sent to it.`,
  }
}

async function askBalance(question: Question, userKey: string): Promise<number | null> {
  const { body } = await get(question, `${question.url}/v1/credits/balance`, { 'x-user-key': userKey })
  return balanceSchema.safeParse(body).data?.balance ?? null
}

async function get(
  question: Question,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  // A redirect is not followed: it would carry the key to another host.
  const response = await question.fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
  return { status: response.status, body: await response.json().catch(() => null) }
}

/** What a server says is printed in a terminal: no control signs, no novel, and no key that it repeats. */
function plain(text: string, headers: Readonly<Record<string, string>>): string {
  const secrets = Object.values(headers).map((value) => value.replace(/^bearer\s+/i, ''))
  const shown = secrets.reduce((said, secret) => (secret === '' ? said : said.replaceAll(secret, masked(secret))), text)
  return shown.replace(/\p{Cc}+/gu, ' ').slice(0, 600)
}
