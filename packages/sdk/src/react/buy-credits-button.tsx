/** @jsxImportSource react */
import { type ComponentPropsWithoutRef, forwardRef } from 'react'
import type { OpenOptions } from '../index.ts'
import { useProvided } from './use-open-credits.ts'

/** Those of a `<button>`, and those of `open`. */
export interface BuyCreditsButtonProps extends ComponentPropsWithoutRef<'button'>, OpenOptions {}

/**
 * A `<button>` that opens the checkout. It looks as your buttons do and says `Buy credits` unless it has children. An
 * `onClick` of yours runs first; `preventDefault()` in it keeps the checkout closed.
 */
export const BuyCreditsButton = forwardRef<HTMLButtonElement, BuyCreditsButtonProps>(function BuyCreditsButton(
  { amount, currency, reason, needed, onClick, children = 'Buy credits', ...attributes },
  ref,
) {
  const { open } = useProvided('<BuyCreditsButton>')
  const wish: OpenOptions = {
    ...(amount !== undefined && { amount }),
    ...(currency !== undefined && { currency }),
    ...(reason !== undefined && { reason }),
    ...(needed !== undefined && { needed }),
  }
  return (
    <button
      type="button"
      {...attributes}
      ref={ref}
      onClick={(event) => {
        onClick?.(event)
        if (!event.defaultPrevented) void open(wish)
      }}
    >
      {children}
    </button>
  )
})
