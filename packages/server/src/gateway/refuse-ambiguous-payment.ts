import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import { readCredentials } from '../keys/read-credentials.ts'

/**
 * Who pays is never guessed. A request that carries a key that pays with credits and a provider's own credential, or a
 * pass-through key, could mean either; it is refused before anything is billed (contract §3, Pass-through).
 * @throws AppError `invalid_request`.
 */
export function refuseAmbiguousPayment(headers: IncomingHttpHeaders): void {
  const { payingKey, passThroughKey } = readCredentials(headers)
  if (passThroughKey !== null) {
    throw new AppError(
      'invalid_request',
      payingKey === null
        ? 'x-opencredits-key asks for pass-through, which this server does not offer yet. Nothing was billed. To pay with credits, send the key as X-User-Key.'
        : 'The request carries x-opencredits-key (pass-through) and a key that pays with credits. Send one of them.',
      { param: 'x-opencredits-key' },
    )
  }
  if (payingKey === null) return
  for (const name of ['authorization', 'x-api-key'] as const) {
    if (isProviderCredential(headers[name])) {
      throw new AppError(
        'invalid_request',
        `The request carries an OpenCredits key and, in ${name}, a credential of a provider. Send only the one that is to pay.`,
        { param: name },
      )
    }
  }
}

/** Prefixes by which the providers' own keys and tokens are known. */
function isProviderCredential(header: string | string[] | undefined): boolean {
  const value = String(header ?? '')
    .replace(/^bearer\s+/i, '')
    .trim()
  return /^(sk-ant-|sk-proj-|sk-|xai-|AIza)/.test(value)
}
