import type { ComponentChildren } from 'preact'

/** A button that is busy keeps its place, its words and the focus; a second press does nothing. */
export function Button({
  kind = 'plain',
  isBusy = false,
  isSubmit = false,
  onPress,
  children,
}: {
  readonly kind?: 'plain' | 'primary' | 'danger'
  readonly isBusy?: boolean
  readonly isSubmit?: boolean
  readonly onPress?: () => void
  readonly children: ComponentChildren
}) {
  return (
    <button
      type={isSubmit ? 'submit' : 'button'}
      class={kind === 'plain' ? 'button' : `button ${kind}`}
      aria-disabled={isBusy}
      aria-busy={isBusy}
      onClick={(event) => {
        if (isBusy) event.preventDefault()
        else onPress?.()
      }}
    >
      {children}
    </button>
  )
}
