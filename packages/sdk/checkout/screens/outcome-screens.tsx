import type { Controller } from '../controller.ts'
import type { Screen as ScreenState } from '../screen-state.ts'
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
