import type { PartnerEarnings } from '@opencredits/protocol'
import type { Resource } from '../../../shared/api/use-resource.ts'
import { Skeleton } from '../../../shared/parts/answer.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'

/** What is earned by now, whatever the period. Where it cannot be read, the card below says why. */
export function EarnedFigures({ earnings }: { readonly earnings: Resource<PartnerEarnings> }) {
  const { t, format } = useWords()
  const { livemode } = useApp()
  if (earnings.data === null)
    return earnings.failure === null ? (
      <div class="card">
        <Skeleton rows={2} />
      </div>
    ) : null
  const { earned } = earnings.data
  const owed = t('creditsExact', { credits: format.charge(earned.owed) })
  const figures: readonly (readonly [string, number, string])[] = [
    [t('earnedToday'), earned.today, ''],
    [t('earnedMonth'), earned.month, ''],
    [t('earnedPending'), earned.pending, t('earnedPendingHint', { count: earned.payout_delay_days })],
    [t('earnedPayable'), earned.payable, livemode ? t('earnedPayableHint', { owed }) : t('earnedTestHint')],
  ]
  return (
    <dl class="card quads">
      {figures.map(([name, credits, hint]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="figure" title={t('creditsExact', { credits: format.exact(credits) })}>
            {format.charge(credits)} <small>{t('creditsWord', { count: credits })}</small>
          </dd>
          {hint !== '' && <dd>{hint}</dd>}
        </div>
      ))}
    </dl>
  )
}
