import type { CheckoutCurrency } from '@opencredits/protocol'
import type { Choice } from './screen-state.ts'

const presets = [5, 10, 25, 50, 100]
/** The second of the presets is what one is offered first. */
const usualIndex = 1

/** The amounts on offer, in major units. Where dollars cost hundreds of units, they are as many dollars' worth, in round numbers. */
export function offersIn(currency: CheckoutCurrency): readonly number[] {
  const scale = 10 ** Math.max(0, Math.round(Math.log10(100 / currency.creditsPerMajorUnit)))
  return presets
    .map((preset) => preset * scale)
    .filter((amount) => amount >= currency.amountMin && amount <= currency.amountMax)
}

/** The usual offer, or the smallest that covers the credits that are missing. */
export function chooseFirst(currency: CheckoutCurrency, missingCredits: number): Choice {
  const offers = offersIn(currency)
  const usual = offers.slice(Math.min(usualIndex, offers.length - 1))
  const covering = usual.find((amount) => amount * currency.creditsPerMajorUnit >= missingCredits)
  const offer = covering ?? usual.at(-1)
  return offer === undefined ? { typed: '' } : { offer }
}
