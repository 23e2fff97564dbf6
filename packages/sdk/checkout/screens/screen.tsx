import type { ComponentChildren, TargetedSubmitEvent } from 'preact'

/** What scrolls, and below it the bar that never does: what one presses next is always in sight. */
export function Screen({
  children,
  bar,
  isCentred = false,
  onSubmit,
}: {
  readonly children: ComponentChildren
  readonly bar?: ComponentChildren
  readonly isCentred?: boolean
  readonly onSubmit?: (event: TargetedSubmitEvent<HTMLFormElement>) => void
}) {
  const parts = (
    <>
      <div class="scroll">
        <div class={isCentred ? 'content centred' : 'content'}>{children}</div>
      </div>
      {bar !== undefined && <div class="bar">{bar}</div>}
    </>
  )
  return onSubmit === undefined ? (
    <div class="screen">{parts}</div>
  ) : (
    <form class="screen" onSubmit={onSubmit} noValidate>
      {parts}
    </form>
  )
}
