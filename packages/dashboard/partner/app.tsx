import type { MemberAppsResponse } from '@opencredits/protocol'
import { useContext } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { asFailure, useResource } from '../shared/api/use-resource.ts'
import { Failure, Skeleton } from '../shared/parts/answer.tsx'
import { Brand } from '../shared/parts/brand.tsx'
import { SessionContext } from '../shared/session/session-context.ts'
import { SignIn } from '../shared/session/sign-in.tsx'
import { useSessionKeeper } from '../shared/session/use-session-keeper.ts'
import { VerifyProvider } from '../shared/session/verify-dialog.tsx'
import { AppFrame } from './app/app-frame.tsx'
import { AppsContext } from './app/apps-context.ts'
import { readPlace } from './app/place.ts'
import { useWords } from './messages/words-context.ts'
import { MissingPage } from './pages/missing-page.tsx'
import { lonePages } from './pages.ts'
import { LazyPage } from './parts/lazy-page.tsx'
import { Navigation } from './parts/navigation.tsx'

export function Console() {
  const keeper = useSessionKeeper()
  return (
    <SessionContext.Provider value={keeper}>
      <Doors />
    </SessionContext.Provider>
  )
}

/** Everything here is for people who are signed in. */
function Doors() {
  const { t } = useWords()
  const { state, refresh } = useContext(SessionContext)
  if (state.name === 'asking') return <main class="lone" aria-busy="true" aria-label={t('loading')} />
  if (state.name === 'signed_out') return <SignIn home="/partner" hint={t('emailHint')} foot={t('signInFoot')} />
  if (state.name === 'unknown')
    return (
      <main class="lone" id="main">
        <Brand href="/partner" />
        <h1 class="visually-hidden">{t('consoleTitle')}</h1>
        <Failure failure={asFailure(state.failure)} retry={() => void refresh()} />
      </main>
    )
  return (
    <VerifyProvider>
      <Desk email={state.session.user.email} />
    </VerifyProvider>
  )
}

/** Reads which apps the member has; pages of an app wait for it, since their roles are in it. */
function Desk({ email }: { readonly email: string }) {
  const { t } = useWords()
  const { path } = useLocation()
  const apps = useResource<MemberAppsResponse>('/v1/partner/apps')
  const place = readPlace(path)
  const lonePage = lonePages.find((page) => page.path === (path.replace(/\/$/, '') || '/'))
  if (place !== null && apps.data !== null)
    return (
      <AppsContext.Provider value={apps}>
        <AppFrame key={`${place.appId}:${place.livemode}`} apps={apps.data.data} place={place} email={email} />
      </AppsContext.Provider>
    )
  return (
    <AppsContext.Provider value={apps}>
      <div class="frame">
        <Navigation email={email} place={null} />
        <main class="page" id="main">
          {place === null && lonePage === undefined && <MissingPage />}
          {place === null && lonePage !== undefined && <LazyPage key={lonePage.path} load={lonePage.load} props={{}} />}
          {place !== null && <h1 class="visually-hidden">{t('consoleTitle')}</h1>}
          {place !== null &&
            (apps.failure === null ? <Skeleton rows={6} /> : <Failure failure={apps.failure} retry={apps.reload} />)}
        </main>
      </div>
    </AppsContext.Provider>
  )
}
