import { nextCode } from '../next-code.ts'
import type { Stack } from '../stack.ts'
import { type ApiAnswer, call } from './api-client.ts'
import { fromFrame } from './sign-in.ts'

/** Headers by which a request comes from one of our own pages, in a browser that is signed in. */
export interface SessionHeaders extends Record<string, string> {
  readonly cookie: string
  readonly origin: string
}

/**
 * Signs in to the account page with the code from the mail.
 * @param more of the browser, such as its `user-agent`
 */
export async function signInSession(
  stack: Stack,
  email: string,
  more: Readonly<Record<string, string>> = {},
): Promise<SessionHeaders> {
  const headers = { ...fromFrame(stack), ...more }
  let loginId: unknown
  const code = await nextCode(stack, email, async () => {
    const asked = await call(stack, 'POST', '/v1/session/codes', { headers, body: { email } })
    if (asked.status !== 200) throw new Error(`no code: ${asked.status} ${JSON.stringify(asked.body)}`)
    loginId = asked.body.login_id
  })
  const signedIn = await call(stack, 'POST', '/v1/session', { headers, body: { login_id: loginId, code } })
  if (signedIn.status !== 200) throw new Error(`not signed in: ${signedIn.status} ${JSON.stringify(signedIn.body)}`)
  return { ...headers, cookie: cookieOf(signedIn) }
}

/** What a browser sends back of the cookies of an answer. */
export function cookieOf({ headers }: ApiAnswer): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ')
}
