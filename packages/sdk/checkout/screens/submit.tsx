import type { Controller } from '../controller.ts'

type Word =
  | 'allow'
  | 'claimAdd'
  | 'opening'
  | 'pay'
  | 'payInTab'
  | 'raiseLimit'
  | 'saveCredits'
  | 'sendCode'
  | 'sending'
  | 'verify'
  | 'verifying'

/** The button that leads on. While the server is asked it keeps the focus, so it is not disabled. */
export function Submit({
  controller,
  isBusy,
  text,
  busyText = 'opening',
}: {
  controller: Controller
  readonly isBusy: boolean
  readonly text: Word
  readonly busyText?: Word
}) {
  return (
    <button type="submit" class="primary" aria-disabled={isBusy} aria-busy={isBusy}>
      {/* Of another length it would jump: another text is another element. */}
      <span key={isBusy}>{controller.words.value(isBusy ? busyText : text)}</span>
    </button>
  )
}

export function NotNow({ controller, onClick }: { controller: Controller; onClick(): void }) {
  return (
    <button type="button" class="quiet" onClick={onClick}>
      {controller.words.value('notNow')}
    </button>
  )
}
