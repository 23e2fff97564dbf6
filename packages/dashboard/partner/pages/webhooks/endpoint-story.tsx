import type { CursorPage, WebhookDelivery, WebhookEndpoint, WebhookEndpointWithSecret } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { queryOf } from '../../../shared/api/call-api.ts'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../../shared/parts/answer.tsx'
import { Button } from '../../../shared/parts/button.tsx'
import { Page } from '../../../shared/parts/page.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { Fact } from '../../parts/facts.tsx'
import { DeliveryTable } from './delivery-table.tsx'
import { DisabledBanner } from './disabled-banner.tsx'
import { EndpointActs } from './endpoint-acts.tsx'
import { EndpointBadge } from './endpoint-badge.tsx'
import { EndpointForm } from './endpoint-form.tsx'
import { type Endpoints, endpointsPath } from './endpoint-list.tsx'
import { SecretCard } from './secret-card.tsx'
import { useReloadWhile } from './use-reload-while.ts'
import { Verifier } from './verifier.tsx'

/** One endpoint: how it stands, what it got last, and what can be done with it. */
export function EndpointStory({ id }: { readonly id: string }) {
  const { t } = useWords()
  const { api, href } = useApp()
  const endpoints = useResource<Endpoints>(api.path(endpointsPath))
  const endpoint = endpoints.data?.data.find((one) => one.id === id)
  return (
    <Page
      title={endpoint === undefined ? t('endpointTitle') : new URL(endpoint.url).host}
      lead={endpoint?.url}
      parent={{ href: href('webhooks'), name: t('webhooksTitle') }}
    >
      {endpoint === undefined ? (
        <div class="card">
          <Answer of={endpoints} rows={6}>
            {() => (
              <Empty icon="webhooks" title={t('failedNotFound')}>
                {' '}
                <a href={href('webhooks')}>{t('webhooksTitle')}</a>
              </Empty>
            )}
          </Answer>
        </div>
      ) : (
        <Story endpoint={endpoint} reload={endpoints.reload} />
      )}
    </Page>
  )
}

const latestMax = 10

function Story({ endpoint, reload }: { readonly endpoint: WebhookEndpoint; readonly reload: () => void }) {
  const { t } = useWords()
  const { api, href } = useApp()
  const [rolled, setRolled] = useState<WebhookEndpointWithSecret | null>(null)
  const deliveries = useResource<CursorPage<WebhookDelivery>>(
    api.path('/v1/partner/webhook_deliveries', { endpoint: endpoint.id, limit: latestMax }),
  )
  useReloadWhile(deliveries.data?.data.some(({ state }) => state === 'pending') ?? false, deliveries.reload)
  const reloadAll = () => {
    reload()
    deliveries.reload()
  }
  return (
    <>
      {!endpoint.enabled && <DisabledBanner endpoint={endpoint} onEnabled={reloadAll} />}
      {rolled !== null && <SecretCard made={rolled} isRolled />}
      <Facts endpoint={endpoint} reload={reload} />
      <section class="card flush" aria-labelledby="latest">
        <h2 id="latest">{t('deliveriesLatest')}</h2>
        <Answer of={deliveries} rows={5}>
          {(page) =>
            page.data.length === 0 ? (
              <Empty icon="webhooks" title={t('deliveriesEmpty')}>
                {t('deliveriesEmptyHint')}
              </Empty>
            ) : (
              <DeliveryTable deliveries={page.data} />
            )
          }
        </Answer>
        {deliveries.data?.has_more === true && (
          <div class="paging">
            <a class="button small" href={href('webhooks/deliveries') + queryOf({ endpoint: endpoint.id })}>
              {t('deliveriesAll')}
            </a>
          </div>
        )}
      </section>
      <EndpointActs
        endpoint={endpoint}
        onChanged={reloadAll}
        onRolled={(made) => {
          setRolled(made)
          reload()
        }}
      />
      <Verifier />
    </>
  )
}

function Facts({ endpoint, reload }: { readonly endpoint: WebhookEndpoint; readonly reload: () => void }) {
  const { t, format } = useWords()
  const { api } = useApp()
  const [isEdited, setEdited] = useState(false)
  const { url, description, events } = endpoint
  if (isEdited)
    return (
      <section class="card" aria-labelledby="edit">
        <h2 id="edit">{t('endpointEdit')}</h2>
        <EndpointForm
          initial={{ url, description, events }}
          submit={t('save')}
          onSubmit={async (input) => {
            await api.patch(`${endpointsPath}/${endpoint.id}`, input)
            setEdited(false)
            reload()
          }}
        />
      </section>
    )
  return (
    <section class="card" aria-label={t('endpointTitle')}>
      <dl class="facts">
        <Fact name={t('endpointState')}>
          <EndpointBadge endpoint={endpoint} />
        </Fact>
        <Fact name={t('endpointEvents')}>{events === null ? t('eventsAll') : events.join(', ')}</Fact>
        {description !== null && <Fact name={t('endpointNote')}>{description}</Fact>}
        <Fact name={t('endpointAddedOn')}>{format.date(endpoint.created_at)}</Fact>
        {endpoint.old_secret_until !== null && (
          <Fact name={t('secretTitle')}>{t('secretOld', { date: format.dateTime(endpoint.old_secret_until) })}</Fact>
        )}
      </dl>
      <div class="buttons">
        <Button onPress={() => setEdited(true)}>{t('endpointEdit')}</Button>
      </div>
    </section>
  )
}
