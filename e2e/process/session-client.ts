import type { Stack } from '../stack.ts'
import { call, until } from './api-client.ts'

/** Headers by which a request comes from one of our own pages, in a browser that is signed in. */
export interface SessionHeaders extends Record<string, string> {
  readonly cookie: string
  readonly origin: string
}

/** What a page of ours sends before anybody is signed in. */
export function ownPage(stack: Stack): { readonly origin: string; readonly 'sec-fetch-site': string } {
  return { origin: stack.url, 'sec-fetch-site': 'same-origin' }
}

/** Signs in to the account page with the code from the mail. */
export async function signInSession(stack: Stack, email: string): Promise<SessionHeaders> {
  const headers = ownPage(stack)
  const mailsBefore = stack.mails().split(email).length
  const asked = await call(stack, 'POST', '/v1/session/codes', { headers, body: { email } })
  if (asked.status !== 200) throw new Error(`no code: ${asked.status} ${JSON.stringify(asked.body)}`)
  await until(async () => stack.mails().split(email).length > mailsBefore)
  const body = { login_id: asked.body.login_id, code: await stack.codeFor(email) }
  const signedIn = await call(stack, 'POST', '/v1/session', { headers, body })
  if (signedIn.status !== 200) throw new Error(`not signed in: ${signedIn.status} ${JSON.stringify(signedIn.body)}`)
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return { ...headers, cookie }
}
