import { nextCode } from '../next-code.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { type ApiAnswer, call } from './api-client.ts'

/** Asks for a code as a page of the app does. */
export async function askForCode(
  stack: Stack,
  partner: PartnerKeys,
  email: string,
): Promise<{ readonly loginId: string; readonly code: string }> {
  const body = { publishable_key: partner.publishable_key, email }
  let loginId = ''
  const code = await nextCode(stack, email, async () => {
    const asked = await call(stack, 'POST', '/v1/login/codes', { body })
    if (asked.status !== 200) throw new Error(`no code: ${asked.status} ${JSON.stringify(asked.body)}`)
    loginId = String(asked.body.login_id)
  })
  return { loginId, code }
}

/** What pages of ours send, the checkout's frame among them. */
export function fromFrame(stack: Stack): { readonly origin: string; readonly 'sec-fetch-site': string } {
  return { origin: stack.url, 'sec-fetch-site': 'same-origin' }
}

export interface SignInOptions {
  /** The page's own, such as a guest's. */
  readonly key?: string
  /** What the user allows the app; default: no limit. */
  readonly budget?: number | null
  readonly window?: string
}

export interface SignedInApp {
  readonly userKey: string
  readonly balance: number
  /** Of the frame's session. */
  readonly sessionToken: string
  readonly verified: ApiAnswer
}

/** Signs in as the checkout does: a code, and where the app is not connected yet, the consent. */
export async function signInTo(
  stack: Stack,
  partner: PartnerKeys,
  email: string,
  options: SignInOptions = {},
): Promise<SignedInApp> {
  const { loginId, code } = await askForCode(stack, partner, email)
  const headers = fromFrame(stack)
  const verified = await call(stack, 'POST', '/v1/login/verify', {
    headers,
    body: { login_id: loginId, code },
    ...(options.key === undefined ? {} : { key: options.key }),
  })
  const sessionToken = String(verified.body.session_token)
  const { budget = null, window = 'total' } = options
  const answer =
    verified.body.consent_required === true
      ? await call(stack, 'POST', '/v1/login/consent', {
          headers,
          body: { consent_id: verified.body.consent_id, budget, window },
        })
      : verified
  if (answer.status !== 200) throw new Error(`not signed in: ${answer.status} ${JSON.stringify(answer.body)}`)
  return { userKey: String(answer.body.user_key), balance: Number(answer.body.balance), sessionToken, verified }
}
