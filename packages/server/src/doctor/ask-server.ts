import { z } from 'zod'
import type { Trap } from './find-traps.ts'
import { customHeaders, kindOfCredential, type Setup, withoutBearer } from './setup.ts'

/** What the server itself says. */
export interface ServerReport {
  readonly reachable: boolean
  /** Who the server says would pay; null where it was not asked or is no OpenCredits server. */
  readonly billedTo: 'credits' | 'passthrough' | 'nobody' | null
  readonly reason: string | null
  /** Credits of the key, where there is one. */
  readonly balance: number | null
  readonly traps: readonly Trap[]
}

const routeSchema = z.object({ billed_to: z.enum(['credits', 'passthrough', 'nobody']), reason: z.string() })
const balanceSchema = z.object({ balance: z.number() })
const patienceMs = 10_000

/** Asks with the very headers that Claude Code would send. Nothing is billed by it. */
export async function askServer(baseUrl: string, setup: Setup): Promise<ServerReport> {
  const origin = baseUrl.trim().replace(/\/+$/, '').replace(/\/v1$/, '')
  const nothing = { reachable: false, billedTo: null, reason: null, balance: null }
  try {
    const route = await get(`${origin}/v1/credits/route`, headersOf(setup))
    const told = routeSchema.safeParse(route)
    if (!told.success) {
      const message = `${origin} answers, but not like an OpenCredits server. Is the base URL right?`
      return { ...nothing, reachable: true, traps: [{ code: 'not_opencredits', message }] }
    }
    const key = userKeyOf(setup)
    const balance = key === null ? null : await get(`${origin}/v1/credits/balance`, { 'x-user-key': key })
    return {
      reachable: true,
      billedTo: told.data.billed_to,
      reason: told.data.reason,
      balance: balanceSchema.safeParse(balance).data?.balance ?? null,
      traps: told.data.billed_to === 'nobody' ? [{ code: 'refused', message: told.data.reason }] : [],
    }
  } catch {
    return { ...nothing, traps: [{ code: 'unreachable', message: `${origin} does not answer.` }] }
  }
}

async function get(url: string, headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(patienceMs) })
  return response.json().catch(() => null)
}

function headersOf(setup: Setup): Record<string, string> {
  const token = setup.get('ANTHROPIC_AUTH_TOKEN')?.value.trim()
  const key = setup.get('ANTHROPIC_API_KEY')?.value.trim()
  const custom = customHeaders(setup).get('x-opencredits-key')
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${withoutBearer(token)}` }),
    ...(key === undefined ? {} : { 'x-api-key': key }),
    ...(custom === undefined ? {} : { 'x-opencredits-key': custom }),
  }
}

function userKeyOf(setup: Setup): string | null {
  const places = [
    ...['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'].flatMap((name) => setup.get(name)?.value ?? []),
    ...(customHeaders(setup).get('x-opencredits-key') ?? '').split('\n'),
  ]
  const found = places.find((value) => kindOfCredential(value) === 'user key')
  return found === undefined ? null : withoutBearer(found)
}
