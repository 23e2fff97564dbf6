import type { CheckoutAppConfig } from '@opencredits/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Screen } from '../checkout-state.ts'
import type { Controller } from '../controller.ts'
import { formatMoney } from '../format.ts'
import { strings } from '../strings.ts'
import { mountPayment } from '../stripe-page.ts'
import { Heading } from './heading.tsx'

/** Stripe's own form, in our frame. Its `onComplete` only starts the questions: the server says what was paid. */
export function PaymentScreen({
  controller,
  config,
  screen,
}: {
  controller: Controller
  config: CheckoutAppConfig
  screen: Extract<Screen, { name: 'payment' }>
}) {
  const target = useRef<HTMLDivElement>(null)
  const [isRendered, setRendered] = useState(false)
  const { session } = screen
  useEffect(() => {
    if (target.current === null || session.clientSecret === null) return
    return mountPayment(
      { key: config.stripePublishableKey, jsUrl: config.stripeJsUrl },
      {
        clientSecret: session.clientSecret,
        target: target.current,
        onRendered: () => setRendered(true),
        onSubmitted: controller.submitted,
        onSubmitFailed: controller.declined,
        onComplete() {
          controller.confirming()
          controller.follow(session)
        },
      },
      controller.paymentFormFailed,
    )
  }, [session.clientSecret])
  const { amount } = controller.state.value
  const money = amount === null ? '' : formatMoney(amount, controller.currency.value, controller.locale.value)
  return (
    <div class="screen">
      <Heading text={strings.payHeading(money)} />
      {config.isSandbox && <p class="hint">{strings.sandboxHint}</p>}
      <div hidden={screen.isConfirming} ref={target} class="stripe" />
      <p role="status" class="status">
        {screen.isConfirming ? strings.confirming : isRendered ? '' : strings.loadingPayment}
      </p>
      {!screen.isConfirming && !screen.isSubmitted && (
        <button type="button" class="plain" onClick={controller.backToAmount}>
          {strings.changeAmount}
        </button>
      )}
    </div>
  )
}

/** The payment runs in a tab of its own; this one waits. */
export function WaitingScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<Screen, { name: 'waiting' }>
}) {
  const { session, isBlocked } = screen
  return (
    <div class="screen">
      <Heading text={isBlocked ? strings.blockedHeading : strings.waitingHeading} />
      <p role="status">{isBlocked ? strings.blockedHint : strings.waitingHint}</p>
      {!isBlocked && <div class="spinner" />}
      {session.checkoutUrl !== null && (
        <a class={isBlocked ? 'primary' : 'plain'} href={session.checkoutUrl} target="_blank" rel="noopener noreferrer">
          {isBlocked ? strings.openPayment : strings.openAgain}
        </a>
      )}
      <button type="button" class="plain" onClick={controller.backToAmount}>
        {strings.notPaying}
      </button>
    </div>
  )
}
