import type { AccountRequest, CursorPage } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Icon } from '../../shared/parts/icons.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { Paging } from '../../shared/parts/paging.tsx'
import { readRequestFilters } from '../../shared/parts/status-and-dates.tsx'
import { useWords } from '../messages/words-context.ts'
import { RequestFilters, requestFilterNames } from './requests/request-filters.tsx'
import { RequestTable } from './requests/request-table.tsx'

/** Every call, newest first. Filters and the place in the list are in the address. */
export function RequestsPage() {
  const { t, format } = useWords()
  const { query, route } = useLocation()
  const filters = readRequestFilters(requestFilterNames, query)
  const zone = filters.from === undefined && filters.to === undefined ? null : format.timeZone
  const asked = { ...filters, time_zone: zone }
  const requests = useResource<CursorPage<AccountRequest>>(
    `/v1/account/requests${queryOf({ ...asked, after: query.after, limit: 50 })}`,
  )
  const isFiltered = Object.keys(filters).length > 0
  return (
    <Page
      title={t('requestsTitle')}
      lead={t('requestsLead')}
      actions={
        <a class="button" href={`/v1/account/requests.csv${queryOf(asked)}`} download>
          <Icon name="download" />
          {t('csv')}
        </a>
      }
    >
      <RequestFilters
        values={filters}
        onChange={(change) => route(`/account/requests${queryOf({ ...filters, ...change })}`)}
      />
      <section class="card flush" aria-label={t('requestsTitle')}>
        <Answer of={requests} rows={8}>
          {(page) =>
            page.data.length === 0 ? (
              <Empty icon="requests" title={t(isFiltered ? 'requestsNone' : 'requestsEmpty')}>
                {isFiltered ? (
                  <a href="/account/requests">{t('showAll')}</a>
                ) : (
                  <>
                    {t('requestsEmptyHint')} <a href="/account/keys/new">{t('createKey')}</a>
                  </>
                )}
              </Empty>
            ) : (
              <RequestTable requests={page.data} />
            )
          }
        </Answer>
        <Paging
          isFirst={query.after === undefined}
          first={`/account/requests${queryOf(filters)}`}
          next={
            requests.data?.has_more === true
              ? `/account/requests${queryOf({ ...filters, after: requests.data.next })}`
              : null
          }
        />
      </section>
    </Page>
  )
}
