import { useEffect, useState } from 'preact/hooks'
import type { Screen as ScreenState, SuccessScreen as SuccessState } from '../checkout-state.ts'
import type { Controller } from '../controller.ts'
import { Heading } from './heading.tsx'
import { Screen } from './screen.tsx'

export function ProcessingScreen({ controller }: { controller: Controller }) {
  const { words } = controller
  return (
    <Screen
      isCentred
      bar={
        <button type="button" class="plain" onClick={controller.close}>
          {words.value('close')}
        </button>
      }
    >
      <span class="orbit" aria-hidden="true" />
      <Heading text={words.value('processingHeading')} />
      <p role="status">{words.value('processingHint')}</p>
    </Screen>
  )
}

/** The balance counts up to what it is now; one button leads on. A guest can keep the credits by signing in. */
export function SuccessScreen({ controller, screen }: { controller: Controller; screen: SuccessState }) {
  const { words } = controller
  const shown = useCountUp(screen.balance - screen.creditsAdded, screen.balance)
  const label = words.value('successLabel', { count: screen.balance })
  const number = new Intl.NumberFormat(controller.locale.value, { maximumFractionDigits: 2, roundingMode: 'floor' })
  return (
    <Screen
      isCentred
      bar={
        <button type="button" class="primary" onClick={controller.close}>
          {words.value('done')}
        </button>
      }
    >
      <svg class="tick" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="22" />
        <path d="m15 24.8 6.2 6.2L33.5 18" />
      </svg>
      <Heading text={words.value('successHeading')} />
      <p class="sum" aria-hidden="true">
        <strong data-final={number.format(screen.balance)}>{number.format(shown)}</strong> {label}
      </p>
      <p role="status" class="visually-hidden">
        {words.value('successAdded', { count: screen.creditsAdded })}{' '}
        {words.value('successBalance', { count: screen.balance })}
      </p>
      {screen.creditsAdded !== screen.balance && (
        <p class="soft" aria-hidden="true">
          {words.value('successAdded', { count: screen.creditsAdded })}
        </p>
      )}
      {controller.state.value.user?.is_guest !== false && (
        <p class="account">
          {words.value('keepCredits')}{' '}
          <button type="button" class="link" onClick={() => controller.dispatch({ type: 'login_wanted' })}>
            {words.value('signIn')}
          </button>
        </p>
      )}
    </Screen>
  )
}

const countUpMs = 900

/** From the old to the new, fast at first; at once for who wants no motion. */
function useCountUp(from: number, to: number): number {
  const [value, setValue] = useState(matchMedia('(prefers-reduced-motion: reduce)').matches ? to : from)
  useEffect(() => {
    if (value === to) return
    const startMs = performance.now()
    let handle = requestAnimationFrame(function count(nowMs) {
      const share = Math.min(1, (nowMs - startMs) / countUpMs)
      setValue(share === 1 ? to : Math.round(from + (to - from) * (1 - (1 - share) ** 3)))
      if (share < 1) handle = requestAnimationFrame(count)
    })
    return () => cancelAnimationFrame(handle)
  }, [to])
  return value
}

export function FailureScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<ScreenState, { name: 'failure' }>
}) {
  const { words } = controller
  return (
    <Screen
      isCentred
      bar={
        <>
          <button type="button" class="primary" onClick={controller.backToAmount}>
            {words.value('tryAgain')}
          </button>
          <button type="button" class="quiet" onClick={controller.close}>
            {words.value('close')}
          </button>
        </>
      }
    >
      <svg class="bang" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="22" />
        <path d="M24 13v14M24 33.5v.5" />
      </svg>
      <Heading text={words.value('failureHeading')} />
      <p role="alert">{screen.message}</p>
    </Screen>
  )
}

/** Asked inside the app: a browser's own question would block the payment behind it. */
export function CloseQuestion({ controller }: { controller: Controller }) {
  const { words } = controller
  return (
    <div
      class="question"
      role="alertdialog"
      aria-modal="true"
      aria-labelledby="question-heading"
      aria-describedby="question-hint"
    >
      <div class="question-box">
        <h2 id="question-heading">{words.value('confirmHeading')}</h2>
        <p id="question-hint">{words.value('confirmHint')}</p>
        <button
          type="button"
          class="primary"
          ref={(element) => element?.focus()}
          onClick={() => controller.dispatch({ type: 'close_cancelled' })}
        >
          {words.value('keepPaying')}
        </button>
        <button type="button" class="quiet" onClick={controller.close}>
          {words.value('closeAnyway')}
        </button>
      </div>
    </div>
  )
}
