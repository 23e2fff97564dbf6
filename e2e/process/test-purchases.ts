import type { PartnerKeys, Stack } from '../stack.ts'
import { call } from './api-client.ts'

export interface TestPurchase {
  readonly sessionId: string
  readonly userKey: string
  readonly livemode: boolean
  readonly checkoutUrl: string | null
  readonly clientSecret: string | null
}

/** Opens a purchase of an app's test world, by a guest unless a user's key is given. */
export async function openTestPurchase(
  stack: Stack,
  app: PartnerKeys,
  { mode = 'embedded', userKey }: { readonly mode?: string; readonly userKey?: string } = {},
): Promise<TestPurchase> {
  const { status, body } = await call(stack, 'POST', '/v1/checkout/sessions', {
    ...(userKey === undefined ? {} : { key: userKey }),
    body: { publishable_key: app.test_publishable_key, amount: 10, mode },
  })
  if (status !== 200) throw new Error(`no session: ${status} ${JSON.stringify(body)}`)
  return {
    sessionId: String(body.session_id),
    userKey: String(body.user_key),
    livemode: body.livemode === true,
    checkoutUrl: body.checkout_url === undefined ? null : String(body.checkout_url),
    clientSecret: body.client_secret === undefined ? null : String(body.client_secret),
  }
}
