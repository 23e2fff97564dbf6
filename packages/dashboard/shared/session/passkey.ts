import type { SessionResponse } from '@opencredits/protocol'
import { callApi } from '../api/call-api.ts'

/** Whether this browser knows passkeys: on plain http, away from localhost, it does not. */
export const canUsePasskeys = () => typeof PublicKeyCredential === 'function'

/** The user took no passkey: there was none, or the browser's question was dismissed. It is no failure of ours. */
export class PasskeyNotUsed extends Error {}

/** What the server hands out, and wants back together with what the browser made of it. */
interface Challenge<Options> {
  readonly challenge_id: string
  readonly options: Options
}

/** Signs in with whichever passkey of this installation the user picks. @throws PasskeyNotUsed, ApiFailure */
export async function signInWithPasskey(): Promise<SessionResponse> {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  type Options = Parameters<typeof startAuthentication>[0]['optionsJSON']
  const { challenge_id, options } = await callApi<Challenge<Options>>('/v1/session/passkey/options', { method: 'POST' })
  const response = await startAuthentication({ optionsJSON: options }).catch(notUsed)
  return callApi<SessionResponse>('/v1/session/passkey', { method: 'POST', body: { challenge_id, response } })
}

/** Makes a passkey for the user that is signed in. @throws PasskeyNotUsed, ApiFailure */
export async function addPasskey(name: string): Promise<void> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  type Options = Parameters<typeof startRegistration>[0]['optionsJSON']
  const { challenge_id, options } = await callApi<Challenge<Options>>('/v1/session/passkeys/options', {
    method: 'POST',
  })
  const response = await startRegistration({ optionsJSON: options }).catch(notUsed)
  await callApi('/v1/session/passkeys', { method: 'POST', body: { challenge_id, response, name } })
}

function notUsed(error: unknown): never {
  throw new PasskeyNotUsed('The browser gave no passkey.', { cause: error })
}
