import { ApiFailure } from '@opencredits/protocol'
import type { Translate } from './messages/translate.ts'

/** What went wrong, in the user's words: by the server's code, never in its own words, which are for developers. */
export function explainError(error: unknown, translate: Translate): string {
  if (!(error instanceof ApiFailure)) return translate('network')
  switch (error.code) {
    case 'network_error':
      return translate('network')
    case 'payments_unavailable':
      return translate('unavailable')
    case 'app_suspended':
      return translate('appSuspended')
    case 'rate_limited':
      return translate('tooOften', { count: Math.max(1, Math.ceil(error.retryAfterSeconds / 60)) })
    case 'invalid_request':
      return explainField(error.param, translate)
    default:
      return translate('ourFault')
  }
}

function explainField(param: string | null, translate: Translate): string {
  if (param === 'amount') return translate('amountRefused')
  if (param === 'email') return translate('emailInvalid')
  return translate('ourFault')
}

/** The stable code for the app's own error handler. */
export function codeOf(error: unknown): string {
  return error instanceof ApiFailure ? error.code : 'network_error'
}
