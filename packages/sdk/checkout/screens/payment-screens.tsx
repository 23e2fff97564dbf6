import type { CheckoutAppConfig } from '@opencredits/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Controller } from '../controller.ts'
import { loadStripePage } from '../load-stripe-page.ts'
import type { Screen as ScreenState } from '../screen-state.ts'
import { Heading } from './heading.tsx'
import { Screen } from './screen.tsx'
import { FormSkeleton } from './skeletons.tsx'

type PaymentState = Extract<ScreenState, { name: 'payment' }>

/** Stripe's own form, in our frame. Its `onComplete` only starts the questions: the server says what was paid. */
export function PaymentScreen({
  controller,
  config,
  screen,
}: {
  controller: Controller
  config: CheckoutAppConfig
  screen: PaymentState
}) {
  const target = useRef<HTMLDivElement>(null)
  const [isRendered, setRendered] = useState(false)
  const { session } = screen
  const { stripe } = config
  useEffect(() => {
    if (target.current === null || session.clientSecret === null || stripe === null) return
    const { clientSecret } = session
    const element = target.current
    let isGone = false
    let remove = () => {}
    loadStripePage()
      .then(({ mountPayment }) => {
        if (isGone) return
        const payment = {
          ...{ clientSecret, target: element },
          onRendered: () => setRendered(true),
          onSubmitted: () => controller.dispatch({ type: 'submitted', isSubmitted: true }),
          onSubmitFailed: controller.declined,
          onComplete() {
            controller.dispatch({ type: 'confirming' })
            controller.follow(session)
          },
        }
        remove = mountPayment(stripe, payment, controller.paymentFormFailed)
      })
      .catch(() => isGone || controller.paymentFormFailed())
    return () => {
      isGone = true
      remove()
    }
  }, [session.clientSecret])
  useRoomForBank(screen.isSubmitted && !screen.isConfirming && !config.isSandbox)
  const { words } = controller
  return (
    <Screen>
      {screen.isConfirming ? (
        <Confirming controller={controller} isLate={screen.isLate} />
      ) : (
        <Heading text={words.value('payment')} isHidden />
      )}
      <div class="payment" hidden={screen.isConfirming}>
        {!isRendered && <FormSkeleton />}
        <div ref={target} class={isRendered ? 'stripe' : 'stripe coming'} />
      </div>
      <p role="status" class="visually-hidden">
        {isRendered || screen.isConfirming ? '' : words.value('loadingPayment')}
      </p>
    </Screen>
  )
}

/** A bank's own page is laid over all that is seen of the frame, and takes the room that it finds. */
function useRoomForBank(isNeeded: boolean): void {
  useEffect(() => {
    document.body.classList.toggle('roomy', isNeeded)
    return () => document.body.classList.remove('roomy')
  }, [isNeeded])
}

/** Paid, and on the way: one calm sentence until the server has added the credits. */
export function Confirming({ controller, isLate }: { controller: Controller; readonly isLate: boolean }) {
  const { words } = controller
  return (
    <div class="calm" role="status">
      <span class="orbit" aria-hidden="true" />
      <Heading text={words.value(isLate ? 'confirming' : 'checking')} />
      <p>{words.value('confirmingHint')}</p>
    </div>
  )
}

/** The payment runs in a tab of its own; this one waits. */
export function WaitingScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<ScreenState, { name: 'waiting' }>
}) {
  const { words } = controller
  const { session, isBlocked } = screen
  return (
    <Screen
      isCentred
      bar={
        <>
          {session.checkoutUrl !== null && (
            <a
              class={isBlocked ? 'primary' : 'plain'}
              href={session.checkoutUrl}
              target="_blank"
              rel="noopener noreferrer"
            >
              {words.value(isBlocked ? 'openPayment' : 'openAgain')}
            </a>
          )}
          <button type="button" class="quiet" onClick={controller.backToAmount}>
            {words.value('notPaying')}
          </button>
        </>
      }
    >
      {!isBlocked && <span class="orbit" aria-hidden="true" />}
      <Heading text={words.value(isBlocked ? 'blockedHeading' : 'waitingHeading')} />
      <p role="status">{words.value(isBlocked ? 'blockedHint' : 'waitingHint')}</p>
    </Screen>
  )
}
