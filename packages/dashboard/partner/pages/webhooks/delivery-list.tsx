import type { CursorPage, WebhookDelivery } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../../shared/api/call-api.ts'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../../shared/parts/answer.tsx'
import { Choice } from '../../../shared/parts/field.tsx'
import { Paging } from '../../../shared/parts/paging.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { DeliveryTable } from './delivery-table.tsx'
import { type Endpoints, endpointsPath } from './endpoint-list.tsx'
import { WebhookListPage } from './webhook-list-page.tsx'

/** What was sent to all endpoints or one, in all states or one. Both are in the address, and so is the place in the list. */
export function DeliveryList() {
  const { t } = useWords()
  const { api, href } = useApp()
  const { query, route } = useLocation()
  const { endpoint, state, after } = query
  const endpoints = useResource<Endpoints>(api.path(endpointsPath))
  const asked = { endpoint, state }
  const deliveries = useResource<CursorPage<WebhookDelivery>>(
    api.path('/v1/partner/webhook_deliveries', { ...asked, after, limit: 50 }),
  )
  const addressOf = (values: Readonly<Record<string, string | null | undefined>>) =>
    href('webhooks/deliveries') + queryOf(values)
  const isFiltered = endpoint !== undefined || state !== undefined
  return (
    <WebhookListPage
      tab="webhooks/deliveries"
      filters={
        <div class="filters">
          <Choice
            label={t('endpointTitle')}
            value={endpoint ?? ''}
            options={[
              { value: '', label: t('all') },
              ...(endpoints.data?.data ?? []).map(({ id, url }) => ({ value: id, label: url })),
            ]}
            onChoose={(chosen) => route(addressOf({ ...asked, endpoint: chosen }))}
          />
          <Choice
            label={t('endpointState')}
            value={state ?? ''}
            options={[
              { value: '', label: t('all') },
              { value: 'pending', label: t('deliveryPending') },
              { value: 'delivered', label: t('deliveryDelivered') },
              { value: 'failed', label: t('deliveryFailed') },
              { value: 'skipped', label: t('deliverySkipped') },
            ]}
            onChoose={(chosen) => route(addressOf({ ...asked, state: chosen }))}
          />
        </div>
      }
    >
      <Answer of={deliveries} rows={8}>
        {(page) =>
          page.data.length === 0 ? (
            <Empty icon="webhooks" title={t(isFiltered ? 'deliveriesNone' : 'deliveriesEmpty')}>
              {isFiltered ? <a href={href('webhooks/deliveries')}>{t('showAll')}</a> : t('deliveriesEmptyHint')}
            </Empty>
          ) : (
            <DeliveryTable deliveries={page.data} />
          )
        }
      </Answer>
      <Paging
        isFirst={after === undefined}
        first={addressOf(asked)}
        next={deliveries.data?.has_more === true ? addressOf({ ...asked, after: deliveries.data.next }) : null}
      />
    </WebhookListPage>
  )
}
