import { once } from 'node:events'
import { get, type Server } from 'node:http'
import { systemClock } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import type { PaymentWorlds } from './payment-worlds.ts'
import { createBuiltInPayments } from './test-world/built-in-payments.ts'

/** Starts a server on a free port. @returns its address. */
export async function listen(target: Server): Promise<string> {
  target.listen(0, '127.0.0.1')
  await once(target, 'listening')
  const address = target.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

/** What a page's policy allows of one kind; empty without such a directive. */
export function directive(headers: Headers, name: string): string {
  const policy = headers.get('content-security-policy') ?? ''
  const found = policy.split('; ').find((part) => part.startsWith(`${name} `))
  return found?.slice(name.length + 1) ?? ''
}

/** What the server told the checkout app in its page. */
export function configIn(html: string): Record<string, unknown> {
  const json = /<script type="application\/json" id="opencredits-config">(.*)<\/script>/.exec(html)?.[1]
  return JSON.parse(json ?? 'null')
}

/** Live purchases are paid with this Stripe.js; the test world has no keys of Stripe. */
export function paymentsWith(db: Database, jsUrl: string): PaymentWorlds {
  const at = { db, clock: systemClock, publicUrl: 'http://oc.localhost:8787' }
  const payments = createBuiltInPayments(at)
  return { live: { payments, form: { publishableKey: 'pk_test_x', jsUrl } }, test: { payments, form: null } }
}

/** The checkout's page as an app's page at this origin frames it. */
export async function frameAt(url: string, key: string, origin: string) {
  const response = await fetch(`${url}/checkout?pk=${key}&origin=${encodeURIComponent(origin)}`)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** `fetch` says `sec-fetch-dest` as it likes. */
export async function ask(address: string, headers: Record<string, string>) {
  const [response] = await once(get(address, { headers }), 'response')
  response.resume()
  return { status: response.statusCode, headers: response.headers }
}
