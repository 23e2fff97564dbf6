import { ApiFailure } from '@opencredits/protocol'
import { explainFailure } from '../../shared/parts/explain-failure.ts'
import type { Translate } from '../messages/words-context.ts'

/** What went wrong with members and apps, beside what goes wrong anywhere. */
export function explainMemberFailure(error: unknown, t: Translate): string {
  if (!(error instanceof ApiFailure)) return explainFailure(error, t)
  if (error.code === 'insufficient_scope') return t('noRight')
  if (error.code === 'app_suspended') return t('appHeld')
  if (error.code === 'conflict' && error.param === 'email') return t('alreadyInvited')
  return explainFailure(error, t)
}
