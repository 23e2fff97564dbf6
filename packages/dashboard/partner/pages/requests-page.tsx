import type { CursorPage, PartnerRequest } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Icon } from '../../shared/parts/icons.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { Paging } from '../../shared/parts/paging.tsx'
import { readRequestFilters } from '../../shared/parts/status-and-dates.tsx'
import { useApp } from '../app/app-context.ts'
import type { AppPageProps } from '../app/app-page-props.ts'
import { useWords } from '../messages/words-context.ts'
import { RequestFilters, requestFilterNames } from './requests/request-filters.tsx'
import { RequestStory } from './requests/request-story.tsx'
import { RequestTable } from './requests/request-table.tsx'

/** Every call of the app's users, newest first, and one of them whole. */
export function RequestsPage({ rest: [id] }: AppPageProps) {
  return id === undefined ? <RequestList /> : <RequestStory key={id} id={id} />
}

/** Filters and the place in the list are in the address. */
function RequestList() {
  const { t, format } = useWords()
  const { api, href } = useApp()
  const { query, route } = useLocation()
  const filters = readRequestFilters(requestFilterNames, query)
  const zone = filters.from === undefined && filters.to === undefined ? null : format.timeZone
  const asked = { ...filters, time_zone: zone }
  const requests = useResource<CursorPage<PartnerRequest>>(
    api.path('/v1/partner/requests', { ...asked, after: query.after, limit: 50 }),
  )
  const isFiltered = Object.keys(filters).length > 0
  const addressOf = (values: Readonly<Record<string, string | null | undefined>>) => href('requests') + queryOf(values)
  return (
    <Page
      title={t('requestsTitle')}
      lead={t('requestsLead')}
      actions={
        <a class="button" href={api.csvHref('/v1/partner/requests', asked)} download>
          <Icon name="download" />
          {t('csv')}
        </a>
      }
    >
      <RequestFilters values={filters} onChange={(change) => route(addressOf({ ...filters, ...change }))} />
      <section class="card flush" aria-label={t('requestsTitle')}>
        <Answer of={requests} rows={8}>
          {(page) =>
            page.data.length === 0 ? (
              <Empty icon="requests" title={t(isFiltered ? 'requestsNone' : 'requestsEmpty')}>
                {isFiltered ? <a href={href('requests')}>{t('showAll')}</a> : t('requestsEmptyHint')}
              </Empty>
            ) : (
              <RequestTable requests={page.data} />
            )
          }
        </Answer>
        <Paging
          isFirst={query.after === undefined}
          first={addressOf(filters)}
          next={requests.data?.has_more === true ? addressOf({ ...filters, after: requests.data.next }) : null}
        />
      </section>
    </Page>
  )
}
