import type { WebhookEndpoint } from '@opencredits/protocol'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../../shared/parts/answer.tsx'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { EndpointBadge } from './endpoint-badge.tsx'
import { WebhookListPage } from './webhook-list-page.tsx'

export interface Endpoints {
  readonly data: readonly WebhookEndpoint[]
}

export const endpointsPath = '/v1/partner/webhook_endpoints'

export function EndpointList() {
  const { t } = useWords()
  const { api } = useApp()
  const endpoints = useResource<Endpoints>(api.path(endpointsPath))
  return (
    <WebhookListPage tab="webhooks">
      <Answer of={endpoints} rows={4}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty icon="webhooks" title={t('endpointsEmpty')}>
              {t('endpointsEmptyHint')}
            </Empty>
          ) : (
            <EndpointTable endpoints={data} />
          )
        }
      </Answer>
    </WebhookListPage>
  )
}

function EndpointTable({ endpoints }: { readonly endpoints: readonly WebhookEndpoint[] }) {
  const { t } = useWords()
  const { href } = useApp()
  return (
    <ScrollArea label={t('endpointsTab')}>
      <table>
        <caption class="visually-hidden">{t('endpointsTab')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('endpointUrl')}</th>
            <th scope="col" class="wide">
              {t('endpointEvents')}
            </th>
            <th scope="col">{t('endpointState')}</th>
          </tr>
        </thead>
        <tbody>
          {endpoints.map((endpoint) => (
            <tr key={endpoint.id}>
              <th scope="row">
                <a href={href(`webhooks/${endpoint.id}`)}>{endpoint.url}</a>
                {endpoint.description !== null && <small class="block soft">{endpoint.description}</small>}
              </th>
              <td class="wide">
                {endpoint.events === null ? t('all') : t('eventsCount', { count: endpoint.events.length })}
              </td>
              <td>
                <EndpointBadge endpoint={endpoint} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}
