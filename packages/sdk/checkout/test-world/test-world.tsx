import type { Controller } from '../controller.ts'
import { formatMoney } from '../format.ts'
import type { Screen as ScreenState } from '../screen-state.ts'
import { Heading } from '../screens/heading.tsx'
import { Confirming } from '../screens/payment-screens.tsx'
import { Screen } from '../screens/screen.tsx'
import { useTestPayment } from './test-payment-form.tsx'
import styles from './test-world.css?inline'
import { testWordsIn } from './words.ts'

// Not a style sheet of the build's: what an app in the live world loads would have to know of it.
const sheet = new CSSStyleSheet()
sheet.replaceSync(styles)
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]

type PaymentState = Extract<ScreenState, { name: 'payment' }>

/** Above everything, from the first picture on. */
export function TestBanner({ controller }: { controller: Controller }) {
  return <aside class="test-mode">{wordsOf(controller).banner}</aside>
}

/** What stands where a mailed code is asked for: there is none. */
export function testCodeHint(controller: Controller): string {
  return wordsOf(controller).code
}

/** The built-in page inside the dialog, in the place of Stripe's form. */
export function TestPaymentScreen({ controller, screen }: { controller: Controller; screen: PaymentState }) {
  const { state, currency, locale } = controller
  const { session } = screen
  const { submit, fields, button } = useTestPayment({
    sessionId: session.sessionId,
    money: formatMoney(state.value.amount ?? 0, currency.value, locale.value),
    email: state.value.accountEmail ?? controller.opened.value?.email ?? 'buyer@example.com',
    onBusy: (isSubmitted) => controller.dispatch({ type: 'submitted', isSubmitted }),
    onDeclined: controller.declined,
    onSent() {
      controller.dispatch({ type: 'confirming' })
      controller.follow(session)
    },
  })
  if (screen.isConfirming)
    return (
      <Screen>
        <Confirming controller={controller} isLate={screen.isLate} />
      </Screen>
    )
  return (
    <Screen onSubmit={submit} bar={button}>
      <div class="test-payment" lang="en" dir="ltr">
        <Heading text="Test payment" />
        {fields}
      </div>
    </Screen>
  )
}

/** The page declares its language when its words are there, which is when they are drawn anew. */
function wordsOf({ words }: Controller) {
  words.value('close')
  return testWordsIn(document.documentElement.lang)
}
