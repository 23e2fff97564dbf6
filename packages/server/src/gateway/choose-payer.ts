import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import { type Credentials, readCredentials } from '../keys/read-credentials.ts'

export type Payer =
  /** Credits pay: the key says whose. A missing key is for the authenticator to refuse. */
  | { readonly billedTo: 'credits' }
  /** The user's own credential pays its provider; the key only says who asks. */
  | { readonly billedTo: 'passthrough'; readonly key: string }

/**
 * Who pays for a request is decided by one header, never guessed (contract §3, Pass-through). What could mean either is
 * refused before anything is billed.
 * @throws AppError 400 `invalid_request`, or 401 for pass-through without a credential of one's own.
 */
export function choosePayer(headers: IncomingHttpHeaders): Payer {
  const credentials = readCredentials(headers)
  const { payingKey, passThroughKey, foreignCredential } = credentials
  if (passThroughKey !== null) {
    if (payingKey !== null) throw refusePair(credentials)
    if (foreignCredential === null) {
      throw new AppError(
        'missing_api_key',
        'Pass-through (x-opencredits-key) needs your own Anthropic credential in Authorization or x-api-key, and this request has none. Nothing was billed. To pay with credits instead, send the user key as X-User-Key, Authorization or x-api-key.',
        { headers: { 'x-should-retry': 'false' } },
      )
    }
    return { billedTo: 'passthrough', key: passThroughKey }
  }
  if (payingKey !== null) refuseProviderCredential(headers)
  return { billedTo: 'credits' }
}

function refusePair({ payingKey, passThroughKey }: Credentials): AppError {
  return new AppError(
    'invalid_request',
    payingKey === passThroughKey
      ? 'The user key is in x-opencredits-key (you pay Anthropic yourself) and also in a header that means credits pay. Send it in only one of them. Nothing was billed.'
      : 'The request has x-opencredits-key (you pay Anthropic yourself) and also a user key that pays with credits. Send only one of them. Nothing was billed.',
    { param: 'x-opencredits-key' },
  )
}

function refuseProviderCredential(headers: IncomingHttpHeaders): void {
  for (const name of ['authorization', 'x-api-key'] as const) {
    if (!isProviderCredential(headers[name])) continue
    throw new AppError(
      'invalid_request',
      `The request has an OpenCredits user key and also, in ${name}, a key of a provider. Send only the one that should pay. Nothing was billed.`,
      { param: name },
    )
  }
}

/** Prefixes by which the providers' own keys and tokens are known. */
function isProviderCredential(header: string | string[] | undefined): boolean {
  const value = String(header ?? '')
    .replace(/^bearer\s+/i, '')
    .trim()
  return /^(sk-ant-|sk-proj-|sk-|xai-|AIza)/.test(value)
}
