import { ApiFailure } from '@opencredits/protocol'
import type { SharedTranslate } from '../messages/words-context.ts'

/** What went wrong, in the user's words: by the server's code, never in its own words, which are for developers. */
export function explainFailure(error: unknown, t: SharedTranslate): string {
  if (!(error instanceof ApiFailure)) return t('failedHere')
  switch (error.code) {
    case 'network_error':
      return t('failedNetwork')
    case 'rate_limited':
      return t('failedTooOften', { count: Math.max(1, Math.ceil(error.retryAfterSeconds / 60)) })
    case 'mail_unavailable':
      return t('failedMail')
    case 'not_found':
      return t('failedNotFound')
    case 'claim_refused':
      return t('failedClaim')
    case 'conflict':
      return t('failedConflict')
    case 'passkey_required':
      return t('passkeyFirst')
    case 'origin_not_allowed':
      return t('failedOrigin')
    case 'invalid_request':
      return explainField(error.param, t)
    default:
      return t('failedHere')
  }
}

function explainField(param: string | null, t: SharedTranslate): string {
  if (param === 'email') return t('emailInvalid')
  if (param === 'code' || param === 'login_id') return t('codeRefused')
  if (param === null) return t('failedHere')
  return t('failedField', { field: param })
}
