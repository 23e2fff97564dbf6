/** In dollars, euros and the like. */
const offers = [5, 10, 25, 50, 100] as const

/** What is offered at a click: in currencies without cents the unit is about as much as a cent is elsewhere. */
export function offersIn(currency: string): readonly number[] {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return maximumFractionDigits === 0 ? offers.map((offer) => offer * 100) : offers
}
