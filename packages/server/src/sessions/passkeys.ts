import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { AppError } from '../kernel/app-error.ts'
import type { Database, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** The site that passkeys are bound to. */
export interface PasskeySite {
  readonly id: string
  readonly origin: string
  readonly name: string
}

export function passkeySiteOf(publicUrl: string): PasskeySite {
  const { origin, hostname, host } = new URL(publicUrl)
  return { id: hostname, origin, name: `OpenCredits at ${host}` }
}

/** What a browser is asked to make a new passkey with: one that names its user by itself and asks for finger, face or PIN. */
export function registrationOptions(
  site: PasskeySite,
  user: { readonly userId: string; readonly email: string },
  existing: readonly Row<'passkeys'>[],
) {
  return generateRegistrationOptions({
    rpName: site.name,
    rpID: site.id,
    userName: user.email,
    userID: new TextEncoder().encode(user.userId),
    attestationType: 'none',
    excludeCredentials: existing.map((row) => ({ id: row.id, transports: [...transportsOf(row)] })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** @throws AppError `invalid_request` naming `response` for anything but a new passkey of this site and challenge. */
export async function readNewPasskey(site: PasskeySite, challenge: string, response: RegistrationResponseJSON) {
  const { registrationInfo } = await refusing(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      requireUserVerification: true,
    }),
  )
  if (registrationInfo === undefined) throw refused()
  const { credential } = registrationInfo
  return {
    id: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: credential.transports ?? [],
  }
}

/** Any passkey of this site will do: it says whose it is. */
export function signInOptions(site: PasskeySite) {
  return generateAuthenticationOptions({ rpID: site.id, userVerification: 'required' })
}

/**
 * Checks the answer of a passkey.
 * @returns the passkey's row, for `notePasskeyUse`
 * @throws AppError `invalid_request` naming `response`, the same for an unknown passkey as for a wrong signature.
 */
export async function checkPasskey(
  db: Database,
  site: PasskeySite,
  challenge: string,
  response: AuthenticationResponseJSON,
): Promise<{ readonly passkey: Row<'passkeys'>; readonly counter: number }> {
  const passkey = await db.selectFrom('passkeys').selectAll().where('id', '=', response.id).executeTakeFirst()
  if (passkey === undefined) throw refused()
  const { verified, authenticationInfo } = await refusing(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      requireUserVerification: true,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(Buffer.from(passkey.public_key, 'base64url')),
        counter: passkey.counter,
        transports: [...transportsOf(passkey)],
      },
    }),
  )
  if (!verified) throw refused()
  return { passkey, counter: authenticationInfo.newCounter }
}

/**
 * Moves the passkey's counter on. Of two answers with the same counter one is a copy: it is refused where the
 * authenticator counts at all.
 */
export async function notePasskeyUse(
  transaction: DatabaseTransaction,
  use: { readonly passkey: Row<'passkeys'>; readonly counter: number },
  nowMs: number,
): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('passkeys')
    .set({ counter: use.counter, last_used_at_ms: nowMs })
    .where('id', '=', use.passkey.id)
    .where('counter', '=', use.passkey.counter)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) throw refused()
}

function transportsOf(row: Row<'passkeys'>): readonly AuthenticatorTransport[] {
  return row.transports === null ? [] : JSON.parse(row.transports)
}

/** The library throws for a wrong challenge, origin, site or signature. */
async function refusing<Result>(check: () => Promise<Result>): Promise<Result> {
  try {
    return await check()
  } catch (error) {
    throw refused(error)
  }
}

function refused(cause?: unknown): AppError {
  return new AppError('invalid_request', 'response: this passkey is not known here, or its answer is not valid.', {
    param: 'response',
    cause,
  })
}
