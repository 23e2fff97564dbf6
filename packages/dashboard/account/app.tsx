import { useContext } from 'preact/hooks'
import { Route, Router, useLocation } from 'preact-iso/router'
import { asFailure } from '../shared/api/use-resource.ts'
import { Failure } from '../shared/parts/answer.tsx'
import { Brand } from '../shared/parts/brand.tsx'
import { SessionContext } from '../shared/session/session-context.ts'
import { SignIn } from '../shared/session/sign-in.tsx'
import { useSessionKeeper } from '../shared/session/use-session-keeper.ts'
import { VerifyProvider } from '../shared/session/verify-dialog.tsx'
import { useWords } from './messages/words-context.ts'
import { AppPage } from './pages/app-page.tsx'
import { AppsPage } from './pages/apps-page.tsx'
import { BatchesPage } from './pages/batches-page.tsx'
import { ClaimPage } from './pages/claim-page.tsx'
import { FilesPage } from './pages/files-page.tsx'
import { KeyPage } from './pages/key-page.tsx'
import { KeysPage } from './pages/keys-page.tsx'
import { MissingPage } from './pages/missing-page.tsx'
import { NewKeyPage } from './pages/new-key-page.tsx'
import { OverviewPage } from './pages/overview-page.tsx'
import { PurchasesPage } from './pages/purchases-page.tsx'
import { RequestPage } from './pages/request-page.tsx'
import { RequestsPage } from './pages/requests-page.tsx'
import { SettingsPage } from './pages/settings-page.tsx'
import { UsagePage } from './pages/usage-page.tsx'
import { Navigation } from './parts/navigation.tsx'

export function App() {
  const keeper = useSessionKeeper()
  return (
    <SessionContext.Provider value={keeper}>
      <Doors />
    </SessionContext.Provider>
  )
}

/** What one may see: the claim of a receipt's link needs no sign-in, everything else does. */
function Doors() {
  const { t } = useWords()
  const { path } = useLocation()
  const { state, refresh } = useContext(SessionContext)
  if (path === '/account/claim') return <ClaimPage />
  if (state.name === 'asking') return <main class="lone" aria-busy="true" aria-label={t('loading')} />
  if (state.name === 'signed_out') return <SignIn home="/account" hint={t('emailHint')} foot={t('signInFoot')} />
  if (state.name === 'unknown')
    return (
      <main class="lone" id="main">
        <Brand href="/account" />
        <h1 class="visually-hidden">{t('accountTitle')}</h1>
        <Failure failure={asFailure(state.failure)} retry={() => void refresh()} />
      </main>
    )
  return (
    <VerifyProvider>
      <div class="frame">
        <Navigation email={state.session.user.email} />
        <main class="page" id="main">
          <Router>
            <Route path="/account" component={OverviewPage} />
            <Route path="/account/usage" component={UsagePage} />
            <Route path="/account/requests" component={RequestsPage} />
            <Route path="/account/requests/:id" component={RequestPage} />
            <Route path="/account/purchases" component={PurchasesPage} />
            <Route path="/account/apps" component={AppsPage} />
            <Route path="/account/apps/:id" component={AppPage} />
            <Route path="/account/keys" component={KeysPage} />
            <Route path="/account/keys/new" component={NewKeyPage} />
            <Route path="/account/keys/:id" component={KeyPage} />
            <Route path="/account/files" component={FilesPage} />
            <Route path="/account/files/batches" component={BatchesPage} />
            <Route path="/account/settings" component={SettingsPage} />
            <Route default component={MissingPage} />
          </Router>
        </main>
      </div>
    </VerifyProvider>
  )
}
