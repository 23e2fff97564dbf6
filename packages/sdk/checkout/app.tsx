import type { CheckoutAppConfig } from '@opencredits/protocol'
import type { Controller } from './controller.ts'
import { formatCredits } from './format.ts'
import { AmountScreen } from './screens/amount-screen.tsx'
import { CodeScreen, EmailScreen } from './screens/login-screens.tsx'
import {
  CloseQuestion,
  FailureScreen,
  LoadingScreen,
  ProcessingScreen,
  SuccessScreen,
} from './screens/outcome-screens.tsx'
import { PaymentScreen, WaitingScreen } from './screens/payment-screens.tsx'
import { strings } from './strings.ts'

/** One screen at a time, between a head that says whose checkout it is and a foot that says who takes the money. */
export function App({ controller, config }: { controller: Controller; config: CheckoutAppConfig }) {
  const { isAskingToClose } = controller.state.value
  return (
    <>
      <div class="app" inert={isAskingToClose}>
        <header>
          {config.logoUrl !== null && <img src={config.logoUrl} alt="" width="32" height="32" />}
          <span class="app-name">{config.appName}</span>
          {config.isSandbox && <span class="badge">{strings.sandboxBadge}</span>}
          <button type="button" class="close" aria-label={strings.close} onClick={controller.requestClose}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M6 6l12 12M18 6 6 18" />
            </svg>
          </button>
        </header>
        <main aria-label={strings.heading}>
          <CurrentScreen controller={controller} config={config} />
          <Account controller={controller} />
        </main>
        <footer>
          <span>{strings.securedBy}</span>
          {config.termsUrl !== null && (
            <a href={config.termsUrl} target="_blank" rel="noopener noreferrer">
              {strings.terms}
            </a>
          )}
        </footer>
      </div>
      {isAskingToClose && <CloseQuestion controller={controller} />}
    </>
  )
}

function CurrentScreen({ controller, config }: { controller: Controller; config: CheckoutAppConfig }) {
  const { screen } = controller.state.value
  switch (screen.name) {
    case 'loading':
      return <LoadingScreen />
    case 'amount':
      return <AmountScreen controller={controller} screen={screen} />
    case 'email':
      return <EmailScreen controller={controller} screen={screen} />
    case 'code':
      return <CodeScreen controller={controller} screen={screen} />
    case 'payment':
      return <PaymentScreen key={screen.session.sessionId} controller={controller} config={config} screen={screen} />
    case 'waiting':
      return <WaitingScreen controller={controller} screen={screen} />
    case 'processing':
      return <ProcessingScreen controller={controller} />
    case 'success':
      return <SuccessScreen controller={controller} screen={screen} />
    case 'failure':
      return <FailureScreen controller={controller} screen={screen} />
  }
}

/** Who is buying: under the amounts only, where it can still be changed. */
function Account({ controller }: { controller: Controller }) {
  const { screen, user } = controller.state.value
  if (screen.name !== 'amount') return null
  if (user === null || user.is_guest) {
    return (
      <p class="account">
        {user !== null && user.balance > 0
          ? strings.balance(formatCredits(user.balance, controller.locale.value))
          : strings.guestHint}{' '}
        <button type="button" class="link" onClick={controller.wantLogin}>
          {strings.signIn}
        </button>
      </p>
    )
  }
  return (
    <p class="account">
      {strings.signedInAs(user.email ?? '')}. {strings.balance(formatCredits(user.balance, controller.locale.value))}{' '}
      <button type="button" class="link" onClick={() => void controller.logOut()}>
        {strings.signOut}
      </button>
    </p>
  )
}
