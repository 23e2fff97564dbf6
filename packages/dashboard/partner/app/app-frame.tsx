import type { MemberApp } from '@opencredits/protocol'
import { useContext, useMemo } from 'preact/hooks'
import { Empty } from '../../shared/parts/answer.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../messages/words-context.ts'
import { MissingPage } from '../pages/missing-page.tsx'
import { findPage } from '../pages.ts'
import { LazyPage } from '../parts/lazy-page.tsx'
import { Navigation } from '../parts/navigation.tsx'
import { roleNames } from '../parts/role-names.ts'
import { AppBar } from './app-bar.tsx'
import { AppContext, type AppPlace } from './app-context.ts'
import { AppStatus } from './app-status.tsx'
import { AppsContext } from './apps-context.ts'
import { memberCan } from './member-rights.ts'
import { createPartnerApi } from './partner-api.ts'
import { hrefOf, type Place } from './place.ts'

/** The frame around the pages of one app in one of its worlds. */
export function AppFrame({
  apps,
  place,
  email,
}: {
  readonly apps: readonly MemberApp[]
  readonly place: Place
  readonly email: string
}) {
  const { t } = useWords()
  const { reload } = useContext(AppsContext)
  const app = apps.find(({ id }) => id === place.appId)
  const { appId, livemode } = place
  const api = useMemo(() => createPartnerApi(appId, livemode), [appId, livemode])
  const current = useMemo<AppPlace | null>(
    () =>
      app === undefined
        ? null
        : {
            app,
            livemode,
            role: app.role,
            can: (permission) => memberCan(app, livemode, permission),
            api,
            href: (page) => hrefOf({ appId, livemode }, page),
            reload,
          },
    [app, appId, livemode, api, reload],
  )
  if (app === undefined || current === null)
    return (
      <div class="frame">
        <Navigation email={email} place={null} />
        <main class="page" id="main">
          <Page title={t('appMissingTitle')} lead={t('appMissingLead')}>
            <p>
              <a href="/partner">{t('toApps')}</a>
            </p>
          </Page>
        </main>
      </div>
    )
  return (
    <AppContext.Provider value={current}>
      <div class={livemode ? 'frame' : 'frame test-world'}>
        <Navigation email={email} place={current} />
        <div class="desk">
          <AppBar apps={apps} place={place} />
          <main class="page" id="main">
            <AppStatus />
            <AppPageOf place={place} current={current} />
          </main>
        </div>
      </div>
    </AppContext.Provider>
  )
}

function AppPageOf({ place, current }: { readonly place: Place; readonly current: AppPlace }) {
  const { t } = useWords()
  const found = findPage(place.segments)
  if (found === null) return <MissingPage />
  const { page, rest } = found
  // What can be opened is read; what can be changed there, the page asks itself.
  if (!current.app.permissions.includes(page.permission))
    return (
      <Page title={t(page.title)}>
        <div class="card">
          <Empty icon="members" title={t('notAllowed', { role: t(roleNames[current.role]) })}>
            {t('notAllowedHint')}
          </Empty>
        </div>
      </Page>
    )
  return <LazyPage key={page.path} load={page.load} props={{ rest }} />
}
