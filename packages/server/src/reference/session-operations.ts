import type { SessionCodeResponse, SessionListResponse, SessionResponse } from '@opencredits/protocol'
import { z } from 'zod'
import { newPasskeySchema, usedPasskeySchema } from '../sessions/passkey-schemas.ts'
import { sessionCodesSchema, sessionSchema } from '../sessions/session-routes.ts'
import { type Operation, read, write } from './operation.ts'

const seconds = z.number().int().describe('seconds since 1970')

const codeAnswer = z.object({
  login_id: z.string().describe('kept by the browser that asked: the code works with it only'),
  expires_at: seconds,
}) satisfies z.ZodType<SessionCodeResponse>

export const sessionAnswer = z.object({
  user: z.object({ id: z.string(), email: z.string() }),
  roles: z.array(z.enum(['user', 'operator', 'partner'])),
  recent_until: seconds.describe('until when acts that need a recent sign-in are allowed'),
  passkey_required: z.boolean().describe('the operator asks for a passkey before this user has all roles'),
}) satisfies z.ZodType<SessionResponse>

const sessionsAnswer = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      is_current: z.boolean(),
      device: z.string().nullable(),
      address: z.string().nullable(),
      app: z.string().nullable().describe('the app whose checkout it was opened in'),
      created_at: seconds,
      last_used_at: seconds,
    }),
  ),
}) satisfies z.ZodType<SessionListResponse>

const challengeAnswer = z.object({
  challenge_id: z.string(),
  options: z.looseObject({}).describe('for PublicKeyCredential.parse…OptionsFromJSON()'),
})
const passkeyAnswer = z.object({
  id: z.string(),
  name: z.string(),
  created_at: seconds,
  last_used_at: seconds.nullable(),
})
const deletedAnswer = z.object({ id: z.string(), deleted: z.literal(true) })

const notRecent = { '403': 'Another site’s page asks, or the sign-in is not recent (recent_sign_in_required)' }
const notProven = {
  '403': `${notRecent['403']}, or a role needs one of the passkeys that there are (passkey_required)`,
}
const ofSession = (more: Partial<Operation>): Partial<Operation> => ({ auth: 'session', ...more })

/** Signing in on our own pages. */
export const sessionCalls: readonly Operation[] = [
  write('/v1/session/codes', 'Sign-in', 'Mail an eight-digit code for the account page', {
    auth: 'own page',
    body: sessionCodesSchema,
    answer: codeAnswer,
    failures: { '500': 'The mail could not be sent', '503': 'This server has no mail server (mail_unavailable)' },
  }),
  write('/v1/session', 'Sign-in', 'Sign this browser in with the code', {
    auth: 'own page',
    body: sessionSchema,
    answer: sessionAnswer,
  }),
  read('/v1/session', 'Sign-in', 'Who is signed in in this browser', ofSession({ answer: sessionAnswer })),
  write('/v1/session', 'Sign-in', 'Sign out', ofSession({ method: 'delete', status: 204 })),
  read('/v1/sessions', 'Sign-in', 'Where this user is signed in', ofSession({ answer: sessionsAnswer })),
  write('/v1/sessions/{id}', 'Sign-in', 'End a session', ofSession({ method: 'delete', answer: deletedAnswer })),
  write('/v1/session/passkey/options', 'Sign-in', 'Begin to sign in with a passkey', {
    auth: 'own page',
    answer: challengeAnswer,
  }),
  write('/v1/session/passkey', 'Sign-in', 'Sign this browser in with a passkey', {
    auth: 'own page',
    body: usedPasskeySchema,
    answer: sessionAnswer,
  }),
  read(
    '/v1/session/passkeys',
    'Sign-in',
    'The user’s passkeys',
    ofSession({ answer: z.object({ data: z.array(passkeyAnswer) }) }),
  ),
  write(
    '/v1/session/passkeys/options',
    'Sign-in',
    'Begin to add a passkey',
    ofSession({ answer: challengeAnswer, failures: notProven }),
  ),
  write(
    '/v1/session/passkeys',
    'Sign-in',
    'Add a passkey',
    ofSession({ status: 201, body: newPasskeySchema, answer: passkeyAnswer, failures: notProven }),
  ),
  write(
    '/v1/session/passkeys/{id}',
    'Sign-in',
    'Remove a passkey',
    ofSession({ method: 'delete', answer: deletedAnswer, failures: notProven }),
  ),
]
