import type { ComponentChildren, TargetedSubmitEvent } from 'preact'
import { createContext } from 'preact'
import { useContext, useEffect, useRef } from 'preact/hooks'
import type { FrameHeight } from '../frame-height.ts'

/** Where every part of the frame says how high it is. Null outside a frame. */
export const FrameHeightContext = createContext<FrameHeight | null>(null)

/** Counts an element into the frame's height for as long as it is shown. */
export function useMeasured<Element extends HTMLElement>() {
  const frameHeight = useContext(FrameHeightContext)
  const element = useRef<Element>(null)
  useEffect(() => {
    if (element.current !== null) return frameHeight?.measure(element.current)
  }, [frameHeight])
  return element
}

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
  const content = useMeasured<HTMLDivElement>()
  const parts = (
    <>
      <div class="scroll">
        <div class={isCentred ? 'content centred' : 'content'} ref={content}>
          {children}
        </div>
      </div>
      {bar !== undefined && <Bar>{bar}</Bar>}
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

function Bar({ children }: { readonly children: ComponentChildren }) {
  const bar = useMeasured<HTMLDivElement>()
  return (
    <div class="bar" ref={bar}>
      {children}
    </div>
  )
}
