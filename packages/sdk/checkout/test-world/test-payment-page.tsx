import '../style.css'
import '../screens.css'
import '../states.css'
import '../controls.css'
import '../limits.css'
import './test-world.css'
import './test-payment-page.css'
import {
  ApiFailure,
  type CheckoutCurrency,
  callApi,
  chooseLocale,
  type TestPaymentResponse,
} from '@opencredits/protocol'
import { render } from 'preact'
import { useState } from 'preact/hooks'
import { applyAppearance, decideTheme } from '../appearance.ts'
import { formatMoney } from '../format.ts'
import { useTestPayment } from './test-payment-form.tsx'
import { testWordsIn } from './words.ts'

/** The built-in page in a tab of its own, for the modes in which Stripe's own page would be opened. */
const session = new URL(location.href).searchParams.get('session') ?? ''
const root = document.getElementById('test-payment')
const { language, formats } = chooseLocale(navigator.languages)

applyAppearance(decideTheme('auto'), null)
if (root !== null) void open(root)

async function open(into: HTMLElement): Promise<void> {
  const path = `/checkout/test-payments/${encodeURIComponent(session)}`
  try {
    const payment = await callApi<TestPaymentResponse>(path)
    applyAppearance(decideTheme('auto'), payment.accent_color)
    // It was sent, or is over: the page that is returned to says so.
    if (payment.status !== 'open' && payment.return_path !== null) location.replace(payment.return_path)
    else render(<TestPaymentPage payment={payment} />, into)
  } catch (error) {
    const isUnknown = error instanceof ApiFailure && error.status === 404
    render(<Trouble isUnknown={isUnknown} />, into)
  }
}

function TestPaymentPage({ payment }: { readonly payment: TestPaymentResponse }) {
  const { return_path: returnPath, cancel_path: cancelPath } = payment
  const { submit, fields, button } = useTestPayment({
    sessionId: payment.session_id,
    money: moneyOf(payment),
    email: payment.email ?? 'buyer@example.com',
    onBusy: () => {},
    onDeclined: () => {},
    onSent: () => location.replace(returnPath ?? location.href),
  })
  return (
    <>
      <Banner />
      <main>
        <p class="page-app">
          <Logo url={payment.logo_url} />
          <bdi>{payment.app_name}</bdi>
          <span id="amount">{moneyOf(payment)}</span>
        </p>
        {cancelPath === null ? (
          <>
            <h1>This payment is made inside the app</h1>
            <p class="soft">Go back to {payment.app_name}: its dialog shows what can be done with this payment.</p>
          </>
        ) : (
          <form class="test-payment" onSubmit={submit} noValidate>
            <h1>Test payment</h1>
            {fields}
            <div class="ways">
              {button}
              <a class="quiet" href={cancelPath}>
                Go back without paying
              </a>
            </div>
          </form>
        )}
      </main>
    </>
  )
}

function Banner() {
  return (
    <aside class="test-mode" lang={language}>
      {testWordsIn(language).banner}
    </aside>
  )
}

function Logo({ url }: { readonly url: string | null }) {
  const [isShown, setShown] = useState(url !== null)
  if (url === null || !isShown) return null
  return <img class="logo" src={url} alt="" width="36" height="36" onError={() => setShown(false)} />
}

function Trouble({ isUnknown }: { readonly isUnknown: boolean }) {
  return (
    <>
      <Banner />
      <main>
        <h1>{isUnknown ? 'This payment is not known here' : 'The connection was lost'}</h1>
        <p class="soft">
          {isUnknown
            ? 'You can close this tab and go back to the app. Its checkout opens another payment.'
            : 'Check your connection and reload this page. Nothing was paid.'}
        </p>
      </main>
    </>
  )
}

function moneyOf({ amount, currency }: TestPaymentResponse): string {
  const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  const known: CheckoutCurrency = {
    ...{ code: currency, creditsPerMajorUnit: 1, amountMin: 0, amountMax: 0 },
    minorUnitDigits: maximumFractionDigits ?? 2,
  }
  return formatMoney(amount, known, formats)
}
