import type { WebhookDelivery, WebhookDeliveryState } from '@opencredits/protocol'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'

const states = {
  pending: ['deliveryPending', 'tag busy'],
  delivered: ['deliveryDelivered', 'tag good'],
  failed: ['deliveryFailed', 'tag bad'],
  skipped: ['deliverySkipped', 'tag'],
} as const

export function DeliveryBadge({ state }: { readonly state: WebhookDeliveryState }) {
  const { t } = useWords()
  const [label, look] = states[state]
  return <span class={look}>{t(label)}</span>
}

export function DeliveryTable({ deliveries }: { readonly deliveries: readonly WebhookDelivery[] }) {
  const { t, format } = useWords()
  const { href } = useApp()
  return (
    <ScrollArea label={t('deliveriesTab')}>
      <table>
        <caption class="visually-hidden">{t('deliveriesTab')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('event')}</th>
            <th scope="col">{t('endpointState')}</th>
            <th scope="col" class="number wide">
              {t('attempts')}
            </th>
            <th scope="col" class="wide">
              {t('answered')}
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((one) => (
            <tr key={one.id}>
              <th scope="row" class="moment">
                <a href={href(`webhooks/deliveries/${one.id}`)}>{format.moment(one.created_at, Date.now())}</a>
              </th>
              <td class="name">
                <code>{one.event_type ?? '–'}</code>
              </td>
              <td>
                <DeliveryBadge state={one.state} />
              </td>
              <td class="number wide">{format.number(one.attempts.length)}</td>
              <td class="wide">{describeAnswer(one) ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

/** The status, or the server's words for why there is none, which are for makers. */
function describeAnswer({ last_status: status, last_error: error }: WebhookDelivery): string | null {
  return status === null ? error : String(status)
}
