import type { CursorPage, PartnerRequest, PartnerUser } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { CopyButton } from '../../shared/parts/copy-button.tsx'
import { Icon } from '../../shared/parts/icons.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { Paging } from '../../shared/parts/paging.tsx'
import { useApp } from '../app/app-context.ts'
import type { AppPageProps } from '../app/app-page-props.ts'
import { useWords } from '../messages/words-context.ts'
import { Fact } from '../parts/facts.tsx'
import { RequestTable } from './requests/request-table.tsx'
import { UserTable } from './users/user-table.tsx'

/** The app's users by pseudonym, newest first, and one of them. */
export function UsersPage({ rest: [id] }: AppPageProps) {
  return id === undefined ? <UserList /> : <OneUser key={id} id={id} />
}

function UserList() {
  const { t } = useWords()
  const { api, href } = useApp()
  const { query } = useLocation()
  const users = useResource<CursorPage<PartnerUser>>(api.path('/v1/partner/users', { after: query.after, limit: 50 }))
  return (
    <Page
      title={t('usersTitle')}
      lead={t('usersLead')}
      actions={
        <a class="button" href={api.csvHref('/v1/partner/users')} download>
          <Icon name="download" />
          {t('csv')}
        </a>
      }
    >
      <section class="card flush" aria-label={t('usersTitle')}>
        <Answer of={users} rows={8}>
          {(page) =>
            page.data.length === 0 ? (
              <Empty icon="members" title={t('usersEmpty')}>
                {t('usersEmptyHint')}
              </Empty>
            ) : (
              <UserTable users={page.data} />
            )
          }
        </Answer>
        <Paging
          isFirst={query.after === undefined}
          first={href('users')}
          next={users.data?.has_more === true ? href('users') + queryOf({ after: users.data.next }) : null}
        />
      </section>
    </Page>
  )
}

const latestMax = 10

function OneUser({ id }: { readonly id: string }) {
  const { t, format } = useWords()
  const { api, href } = useApp()
  const user = useResource<PartnerUser>(api.path(`/v1/partner/users/${encodeURIComponent(id)}`))
  const requests = useResource<CursorPage<PartnerRequest>>(
    user.data === null ? null : api.path('/v1/partner/requests', { user: id, limit: latestMax }),
  )
  return (
    <Page
      title={t('userTitle')}
      parent={{ href: href('users'), name: t('usersTitle') }}
      lead={
        <>
          <code>{id}</code> <CopyButton text={id} name={t('userId')} />
        </>
      }
    >
      <section class="card" aria-label={t('userTitle')}>
        <Answer of={user} rows={3}>
          {(data) => (
            <dl class="facts">
              <Fact name={t('firstSeen')}>{format.date(data.first_seen_at)}</Fact>
              <Fact name={t('lastSeen')}>{format.ago(data.last_seen_at, Date.now())}</Fact>
              <Fact name={t('callsHead')}>{format.number(data.calls)}</Fact>
              <Fact name={t('bought')}>{t('credits', { count: data.bought })}</Fact>
              <Fact name={t('userPaid')}>{t('creditsExact', { credits: format.exact(data.charge) })}</Fact>
              <Fact name={t('youEarn')}>{t('creditsExact', { credits: format.exact(data.referral_share) })}</Fact>
            </dl>
          )}
        </Answer>
      </section>
      {user.data !== null && (
        <section class="card flush" aria-labelledby="latest">
          <h2 id="latest">{t('latestRequests')}</h2>
          <Answer of={requests} rows={5}>
            {(page) =>
              page.data.length === 0 ? (
                <Empty icon="requests" title={t('requestsEmpty')} />
              ) : (
                <RequestTable requests={page.data} />
              )
            }
          </Answer>
          {requests.data?.has_more === true && (
            <div class="paging">
              <a class="button small" href={href('requests') + queryOf({ user: id })}>
                {t('allRequests')}
              </a>
            </div>
          )}
        </section>
      )}
    </Page>
  )
}
