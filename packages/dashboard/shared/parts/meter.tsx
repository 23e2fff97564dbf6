import type { BudgetWindowName } from '@opencredits/protocol'
import { useWords } from '../messages/words-context.ts'

const perWindow = { day: 'perDay', week: 'perWeek', month: 'perMonth', total: 'inTotal' } as const

/** How much of a limit is used, in words and as a bar. */
export function Meter({
  spent,
  budget,
  window,
}: {
  readonly spent: number
  readonly budget: number
  readonly window: BudgetWindowName
}) {
  const { t, format } = useWords()
  const share = budget <= 0 ? 1 : Math.min(1, spent / budget)
  return (
    <div class={share >= 1 ? 'meter full' : share >= 0.8 ? 'meter near' : 'meter'}>
      <p>
        <span>{t('spentOf', { spent: format.credits(spent), budget: t('credits', { count: budget }) })}</span>{' '}
        <span class="soft">{t(perWindow[window])}</span>
      </p>
      <svg width="100%" height="6" aria-hidden="true">
        <rect class="track" width="100%" height="6" rx="3" />
        <rect width={`${share * 100}%`} height="6" rx="3" />
      </svg>
    </div>
  )
}
