import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { PartnerKeys, Stack } from '../stack.ts'

/** A caller of the public API, as a partner's page would be. */
export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

export async function call(
  stack: Stack,
  method: string,
  path: string,
  options: { readonly key?: string; readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<ApiAnswer> {
  // After a command line that blocked this process, it has still to see that a server closed an idle connection.
  await setImmediate()
  const response = await fetch(`${direct(stack)}${path}`, {
    method,
    headers: {
      ...(options.key === undefined ? {} : { 'x-user-key': options.key }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: parse(text) }
}

/** Past whatever its public URL says: Node does not resolve `oc.localhost`. */
export function direct(stack: Stack): string {
  return `http://127.0.0.1:${stack.environment.PORT}`
}

export interface Buyer {
  readonly userKey: string
  readonly sessionId: string
}

/** Buys credits without a browser: session, payment at the sandbox, and the wait until the server has credited. */
export async function buyCredits(stack: Stack, partner: PartnerKeys, amount: number, currency = 'usd'): Promise<Buyer> {
  const created = await call(stack, 'POST', '/v1/checkout/sessions', {
    body: { publishable_key: partner.publishable_key, amount, currency, mode: 'embedded' },
    headers: { 'idempotency-key': randomUUID() },
  })
  if (created.status !== 200 && created.status !== 201)
    throw new Error(`session: ${created.status} ${JSON.stringify(created.body)}`)
  const userKey = String(created.body.user_key)
  const sessionId = String(created.body.session_id)
  await stack.sandbox.stripe.control.pay(sessionId)
  await until(async () => {
    const session = await call(stack, 'GET', `/v1/checkout/sessions/${sessionId}`, { key: userKey })
    return session.body.status === 'complete'
  })
  return { userKey, sessionId }
}

export async function balanceOf(stack: Stack, userKey: string): Promise<{ balance: number; held: number }> {
  const answer = await call(stack, 'GET', '/v1/credits/balance', { key: userKey })
  return { balance: Number(answer.body.balance), held: Number(answer.body.held) }
}

export function verifyLedger(stack: Stack): { readonly ok: boolean } & Record<string, unknown> {
  return JSON.parse(stack.cli('ledger', 'verify', '--json'))
}

export async function until(isTrue: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((wait) => setTimeout(wait, 50))
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return { text }
  }
}
