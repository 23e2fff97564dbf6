import { setTimeout as wait } from 'node:timers/promises'
import type { Sandbox } from '@opencredits/sandbox'
import type { SeededRandom } from './seeded-random.ts'
import type { ServerProcess } from './server-process.ts'

/** One purchase as its buyer saw it. */
export interface SeenPurchase {
  readonly sessionId: string
  readonly userKey: string
  readonly amountDollars: number
}

export interface Shop {
  readonly sandbox: Sandbox
  readonly publishableKey: string
  anyServer(): ServerProcess
  /** Resolves when a server is up, or when none will be for long: a client tries again meanwhile. */
  someServerUp(): Promise<void>
}

const triesMax = 80
const triesPauseMs = 250

/** Opens a session, as often as it takes, with one Idempotency-Key; then pays at Stripe. */
export async function buy(
  shop: Shop,
  order: { readonly amountDollars: number; readonly userKey: string | null; readonly idempotencyKey: string },
): Promise<SeenPurchase> {
  for (let tries = 1; ; tries += 1) {
    const answer = await openSession(shop, order)
    if (answer !== null) {
      await shop.sandbox.stripe.control.pay(answer.sessionId)
      return { ...answer, amountDollars: order.amountDollars }
    }
    if (tries >= triesMax) throw new Error('no session could be opened')
    await wait(triesPauseMs)
  }
}

async function openSession(
  shop: Shop,
  order: { readonly amountDollars: number; readonly userKey: string | null; readonly idempotencyKey: string },
): Promise<{ readonly sessionId: string; readonly userKey: string } | null> {
  try {
    const response = await fetch(`${shop.anyServer().url}/v1/checkout/sessions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': order.idempotencyKey,
        ...(order.userKey === null ? {} : { 'x-user-key': order.userKey }),
      },
      body: JSON.stringify({ publishable_key: shop.publishableKey, amount: order.amountDollars, mode: 'embedded' }),
      signal: AbortSignal.timeout(15_000),
    })
    const body = (await response.json()) as Readonly<Record<string, unknown>>
    return response.status === 200 ? { sessionId: String(body.session_id), userKey: String(body.user_key) } : null
  } catch {
    return null
  }
}

/** Waits as the checkout page does: it asks for the session. Some only ask for their balance, so that the webhook has to come. */
export async function awaitCredits(shop: Shop, purchase: SeenPurchase, random: SeededRandom): Promise<void> {
  const path = random.chance(0.5) ? `/v1/checkout/sessions/${purchase.sessionId}` : '/v1/credits/balance'
  for (let tries = 0; tries < triesMax; tries += 1) {
    const body = await get(shop.anyServer(), path, purchase.userKey)
    if (body?.status === 'complete' || (body?.status === undefined && Number(body?.balance ?? 0) > 0)) return
    await wait(triesPauseMs)
  }
}

async function get(server: ServerProcess, path: string, userKey: string): Promise<Record<string, unknown> | null> {
  try {
    const headers = { 'x-user-key': userKey }
    const response = await fetch(`${server.url}${path}`, { headers, signal: AbortSignal.timeout(15_000) })
    return response.status === 200 ? ((await response.json()) as Record<string, unknown>) : null
  } catch {
    return null
  }
}
