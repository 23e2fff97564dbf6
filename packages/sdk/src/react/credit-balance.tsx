/** @jsxImportSource react */
import { type ComponentPropsWithoutRef, forwardRef } from 'react'
import { useProvided } from './use-open-credits.ts'

/** Those of a `<span>`. Its children stand in while the balance is not known, so also on the server. Default `–`. */
export interface CreditBalanceProps extends ComponentPropsWithoutRef<'span'> {}

/** The balance as a number in the user's own digits, such as `4,850.5`. */
export const CreditBalance = forwardRef<HTMLSpanElement, CreditBalanceProps>(function CreditBalance(
  { children = '–', ...attributes },
  ref,
) {
  const { balance, locale } = useProvided('<CreditBalance>')
  return (
    <span {...attributes} ref={ref}>
      {balance === null ? children : format(balance, locale)}
    </span>
  )
})

/** Rounded down: it never promises more than there is. */
function format(balance: number, locale: string | undefined): string {
  try {
    return new Intl.NumberFormat(locale, { maximumFractionDigits: 2, roundingMode: 'floor' }).format(balance)
  } catch {
    // A tag that is none, such as `en_US`: `init` has warned of it.
    return format(balance, undefined)
  }
}
