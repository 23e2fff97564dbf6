import type { AccountAlert } from '@opencredits/protocol'
import { Icon } from '../../../shared/parts/icons.tsx'
import type { Words } from '../../messages/words-context.ts'
import { useWords } from '../../messages/words-context.ts'

interface Described {
  readonly id: string
  readonly text: string
  readonly isBad: boolean
  /** The one thing to do about it; buying more is the button below. */
  readonly action: { readonly href: string; readonly label: string } | null
}

/** What needs the user, each with one thing to do about it. */
export function AlertList({ alerts }: { readonly alerts: readonly AccountAlert[] }) {
  const words = useWords()
  if (alerts.length === 0) return null
  return (
    <ul class="alerts" aria-label={words.t('alerts')}>
      {alerts.map((alert) => {
        const { id, text, isBad, action } = describe(alert, words)
        return (
          <li key={id} class={isBad ? 'alert bad' : 'alert'}>
            <Icon name="alert" />
            <span>{text}</span>
            {action !== null && (
              <a class="button small" href={action.href}>
                {action.label}
              </a>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function describe(alert: AccountAlert, { t, format }: Words): Described {
  switch (alert.kind) {
    case 'low_balance':
      return {
        id: alert.kind,
        isBad: false,
        text: t('alertLow', { credits: t('credits', { count: alert.balance }) }),
        action: null,
      }
    case 'empty_balance':
      return { id: alert.kind, isBad: true, text: t('alertEmpty'), action: null }
    case 'negative_balance':
      return {
        id: alert.kind,
        isBad: true,
        text: t('alertNegative', { credits: t('credits', { count: -alert.balance }) }),
        action: null,
      }
    case 'key_budget':
      return {
        id: `${alert.kind}-${alert.key_id}`,
        isBad: alert.percent >= 100,
        text: t('alertKey', { name: alert.name, percent: format.percent(alert.percent / 100) }),
        action: { href: `/account/keys/${alert.key_id}`, label: t('changeLimit') },
      }
    case 'app_without_limit':
      return {
        id: `${alert.kind}-${alert.app_id}`,
        isBad: false,
        text: t('alertNoLimit', { name: alert.name }),
        action: { href: `/account/apps/${alert.app_id}`, label: t('setLimit') },
      }
  }
}
