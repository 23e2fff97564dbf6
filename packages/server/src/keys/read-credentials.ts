import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../kernel/app-error.ts'

/** What a request brings to say who pays (contract §3). */
export interface Credentials {
  /** An OpenCredits key in `X-User-Key`, `Authorization` or `x-api-key`: credits pay. */
  readonly payingKey: string | null
  /** The key in `x-opencredits-key`: the call is passed through, credits never pay. */
  readonly passThroughKey: string | null
  /** Where a credential stands that is not ours, such as the user's own of Anthropic. */
  readonly foreignCredential: 'authorization' | 'x-api-key' | null
}

/**
 * Reads the headers. White space around a key is ignored.
 * @throws AppError 400 when they name two different OpenCredits keys that would both pay.
 */
export function readCredentials(headers: IncomingHttpHeaders): Credentials {
  const authorization = withoutBearer(headerText(headers.authorization))
  const apiKey = headerText(headers['x-api-key'])
  const userKey = withoutBearer(headerText(headers['x-user-key']))
  const paying = new Set([userKey, authorization, apiKey].filter((key): key is string => key !== null && isOurs(key)))
  // In our own header whatever stands there was meant for us, a key of another service too.
  if (userKey !== null) paying.add(userKey)
  if (paying.size > 1) {
    throw new AppError(
      'invalid_request',
      'The request carries two different OpenCredits keys; send one, in one header.',
    )
  }
  const [payingKey = null] = paying
  const isForeign = (key: string | null) => key !== null && !isOurs(key)
  return {
    payingKey,
    passThroughKey: withoutBearer(headerText(headers['x-opencredits-key'])),
    foreignCredential: isForeign(authorization) ? 'authorization' : isForeign(apiKey) ? 'x-api-key' : null,
  }
}

function isOurs(key: string): boolean {
  return key.startsWith('oc_')
}

function headerText(header: string | readonly string[] | undefined): string | null {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim()
  return text === undefined || text === '' ? null : text
}

function withoutBearer(text: string | null): string | null {
  const key = text?.replace(/^bearer(\s+|$)/i, '').trim()
  return key === undefined || key === '' ? null : key
}
