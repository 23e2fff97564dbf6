import { ApiFailure } from '@opencredits/protocol'
import { explainFailure } from '../../shared/parts/explain-failure.ts'
import type { Translate } from '../messages/words-context.ts'

const told: readonly string[] = ['invalid_request', 'conflict', 'insufficient_scope', 'app_suspended']

/** What went wrong. Whoever makes an app is a developer: what the server says of a field helps more than a general word. */
export function explainRefusal(error: unknown, t: Translate): string {
  if (error instanceof ApiFailure && told.includes(error.code) && error.message !== '') return error.message
  return explainFailure(error, t)
}
