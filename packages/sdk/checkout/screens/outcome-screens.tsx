import type { Screen } from '../checkout-state.ts'
import type { Controller } from '../controller.ts'
import { formatCredits } from '../format.ts'
import { strings } from '../strings.ts'
import { Heading } from './heading.tsx'

export function LoadingScreen() {
  return (
    <div class="screen centred" role="status" aria-label={strings.opening}>
      <div class="spinner" />
    </div>
  )
}

export function ProcessingScreen({ controller }: { controller: Controller }) {
  return (
    <div class="screen centred">
      <div class="spinner" />
      <Heading text={strings.processingHeading} />
      <p role="status">{strings.processingHint}</p>
      <button type="button" class="plain" onClick={controller.close}>
        {strings.close}
      </button>
    </div>
  )
}

export function SuccessScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<Screen, { name: 'success' }>
}) {
  const locale = controller.locale.value
  return (
    <div class="screen centred">
      <svg class="tick" viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="11" />
        <path d="m7 12.5 3.4 3.4L17 9" />
      </svg>
      <Heading text={strings.successHeading} />
      <p role="status">
        {strings.successAdded(formatCredits(screen.creditsAdded, locale))}{' '}
        {strings.balance(formatCredits(screen.balance, locale))}
      </p>
      <button type="button" class="primary" onClick={controller.close}>
        {strings.done}
      </button>
      {controller.state.value.user?.is_guest !== false && (
        <button type="button" class="plain" onClick={controller.wantLogin}>
          {strings.keepCredits}
        </button>
      )}
    </div>
  )
}

export function FailureScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<Screen, { name: 'failure' }>
}) {
  return (
    <div class="screen centred">
      <Heading text={strings.failureHeading} />
      <p role="alert">{screen.message}</p>
      <button type="button" class="primary" onClick={controller.backToAmount}>
        {strings.tryAgain}
      </button>
      <button type="button" class="plain" onClick={controller.close}>
        {strings.close}
      </button>
    </div>
  )
}

/** Asked inside the app: a browser's own question would block the payment behind it. */
export function CloseQuestion({ controller }: { controller: Controller }) {
  return (
    <div
      class="question"
      role="alertdialog"
      aria-modal="true"
      aria-labelledby="question-heading"
      aria-describedby="question-hint"
    >
      <div class="screen centred">
        <h2 id="question-heading">{strings.confirmHeading}</h2>
        <p id="question-hint">{strings.confirmHint}</p>
        <button type="button" class="primary" ref={(element) => element?.focus()} onClick={controller.keepPaying}>
          {strings.keepPaying}
        </button>
        <button type="button" class="plain" onClick={controller.close}>
          {strings.closeAnyway}
        </button>
      </div>
    </div>
  )
}
