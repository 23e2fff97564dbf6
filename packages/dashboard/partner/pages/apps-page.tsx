import type { MemberApp } from '@opencredits/protocol'
import { useContext } from 'preact/hooks'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { AppLogo } from '../../shared/parts/app-logo.tsx'
import { Icon } from '../../shared/parts/icons.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { AppsContext } from '../app/apps-context.ts'
import { hrefOf } from '../app/place.ts'
import { useWords } from '../messages/words-context.ts'
import { roleNames } from '../parts/role-names.ts'

const stateNames = {
  pending: 'statePending',
  approved: 'stateApproved',
  rejected: 'stateRejected',
  suspended: 'stateSuspended',
  closed: 'stateClosed',
} as const

const stateTones = { pending: 'busy', approved: 'good', rejected: 'bad', suspended: 'bad', closed: '' } as const

/** Where the console begins: the apps that one is a member of. */
export function AppsPage() {
  const { t } = useWords()
  const apps = useContext(AppsContext)
  return (
    <Page
      title={t('appsTitle')}
      lead={t('appsLead')}
      actions={
        apps.data !== null &&
        apps.data.sign_up !== 'closed' && (
          <a class="button primary" href="/partner/new">
            {t('newApp')}
          </a>
        )
      }
    >
      <section class="card" aria-label={t('appsTitle')}>
        <Answer of={apps} rows={3}>
          {({ data, sign_up: signUp }) =>
            data.length === 0 ? (
              <Empty icon="apps" title={t('appsEmpty')}>
                {t(signUp === 'closed' ? 'appsEmptyHint' : 'newAppLead')}
              </Empty>
            ) : (
              <ul class="lines apps">
                {data.map((app) => (
                  <AppLine key={app.id} app={app} />
                ))}
              </ul>
            )
          }
        </Answer>
      </section>
    </Page>
  )
}

function AppLine({ app }: { readonly app: MemberApp }) {
  const { t } = useWords()
  return (
    <li>
      <AppLogo name={app.name} url={app.logo_url} />
      <div>
        <p>
          <a href={hrefOf({ appId: app.id, livemode: true }, '')}>{app.name}</a>
        </p>
        <p class="soft">{t(roleNames[app.role])}</p>
        {app.state_reason !== null && <p class="soft">{t('operatorSaid', { reason: app.state_reason })}</p>}
      </div>
      <span class={`tag ${stateTones[app.state]}`}>{t(stateNames[app.state])}</span>
      <Icon name="forward" />
    </li>
  )
}
