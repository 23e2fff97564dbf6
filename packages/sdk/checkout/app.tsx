import type { CheckoutAppConfig } from '@opencredits/protocol'
import type { Controller } from './controller.ts'
import { AmountScreen } from './screens/amount-screen.tsx'
import { Header } from './screens/header.tsx'
import { AccountScreen } from './screens/load-account-screens.tsx'
import { CloseQuestion, FailureScreen, ProcessingScreen } from './screens/outcome-screens.tsx'
import { PaymentScreen, WaitingScreen } from './screens/payment-screens.tsx'
import { LoadingScreen } from './screens/skeletons.tsx'
import { SuccessScreen } from './screens/success-screen.tsx'
import { testWorld } from './test-world/load-test-world.ts'

interface Parts {
  readonly controller: Controller
  readonly config: CheckoutAppConfig
}

/** One screen at a time, between a head that says whose checkout it is and a foot that says who takes the money. */
export function App({ controller, config }: Parts) {
  const { isAskingToClose } = controller.state.value
  const test = testWorld.value
  return (
    <>
      <div class="app" inert={isAskingToClose}>
        {test && <test.TestBanner controller={controller} />}
        <Header controller={controller} config={config} />
        <main aria-label={controller.words.value('heading')}>
          <CurrentScreen controller={controller} config={config} />
        </main>
        <Footer controller={controller} config={config} />
      </div>
      {isAskingToClose && <CloseQuestion controller={controller} />}
    </>
  )
}

/** Who takes the money; in the sandbox nobody does, which is said here and nowhere else. In the test world the banner says it. */
function Footer({ controller, config }: Parts) {
  const { words } = controller
  return (
    <footer>
      {config.isSandbox && config.livemode ? (
        <span class="badge">{words.value('sandbox')}</span>
      ) : (
        config.stripe && (
          <span class="secured">
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d="M8 1.5a3.2 3.2 0 0 0-3.2 3.2V7H4a1 1 0 0 0-1 1v5.5a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V8a1 1 0 0 0-1-1h-.8V4.7A3.2 3.2 0 0 0 8 1.5Zm1.8 5.5H6.2V4.7a1.8 1.8 0 1 1 3.6 0Z" />
            </svg>
            {words.value('securedBy')}
          </span>
        )
      )}
      {config.termsUrl !== null && (
        <a href={config.termsUrl} target="_blank" rel="noopener noreferrer">
          {words.value('terms')}
        </a>
      )}
    </footer>
  )
}

function CurrentScreen({ controller, config }: Parts) {
  const { screen } = controller.state.value
  switch (screen.name) {
    case 'loading':
      return <LoadingScreen words={controller.words.value('loadingPayment')} />
    case 'amount':
      return <AmountScreen controller={controller} screen={screen} />
    case 'email':
    case 'code':
    case 'consent':
    case 'claim':
    case 'limit':
      return <AccountScreen controller={controller} screen={screen} />
    case 'payment':
      if (config.stripe === null)
        return testWorld.value && <testWorld.value.TestPaymentScreen controller={controller} screen={screen} />
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
