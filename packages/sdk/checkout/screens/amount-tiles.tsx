import type { Controller } from '../controller.ts'
import { currencySign, formatMoney, speakMoney } from '../format.ts'
import { offersIn } from '../offers.ts'
import type { Choice } from '../screen-state.ts'

/** The offers as tiles, and as the last tile the input for any other amount. */
export function AmountTiles({
  controller,
  choice,
  isWrong,
  onChoose,
  onTyped,
}: {
  controller: Controller
  readonly choice: Choice
  readonly isWrong: boolean
  onChoose(choice: Choice): void
  /** The input was left. */
  onTyped(): void
}) {
  const { words } = controller
  const currency = controller.currency.value
  const locale = controller.locale.value
  const spoken = (amount: number) =>
    words.value('amountSpoken', {
      money: speakMoney(amount, currency, { locale, translate: words.value }),
      credits: words.value('credits', { count: amount * currency.creditsPerMajorUnit }),
    })
  return (
    <fieldset class="tiles">
      <legend class="visually-hidden">{words.value('amountLegend')}</legend>
      {offersIn(currency).map((amount) => (
        <label key={amount} class="tile">
          <input
            type="radio"
            name="amount"
            value={amount}
            aria-label={spoken(amount)}
            checked={'offer' in choice && choice.offer === amount}
            onChange={() => onChoose({ offer: amount })}
          />
          <span aria-hidden="true">{formatMoney(amount, currency, locale)}</span>
        </label>
      ))}
      <OtherTile controller={controller} choice={choice} isWrong={isWrong} onChoose={onChoose} onTyped={onTyped} />
    </fieldset>
  )
}

/** As many letters as a tile holds on a small phone. */
const wordLengthMax = 9

/** Chosen by a click or by what is typed; passing it with Tab changes nothing. */
function OtherTile({
  controller,
  choice,
  isWrong,
  onChoose,
  onTyped,
}: {
  controller: Controller
  readonly choice: Choice
  readonly isWrong: boolean
  onChoose(choice: Choice): void
  onTyped(): void
}) {
  const { words } = controller
  const currency = controller.currency.value
  const { sign, isBefore } = currencySign(currency, controller.locale.value)
  const isChosen = 'typed' in choice
  const typed = isChosen ? choice.typed : ''
  const isWide = words.value('otherAmount').length > wordLengthMax
  return (
    <label
      class={['tile other', isChosen && 'chosen', isWide && 'wide'].filter(Boolean).join(' ')}
      data-sign={isBefore ? 'before' : 'after'}
    >
      <span class="sign" dir="ltr" aria-hidden="true">
        {sign}
      </span>
      <input
        id="other-amount"
        inputMode="decimal"
        autoComplete="off"
        size={1}
        placeholder={words.value('otherAmount')}
        aria-label={words.value('otherAmountLabel', { currency: currency.code.toUpperCase() })}
        aria-invalid={isChosen && isWrong}
        aria-describedby="amount-problem"
        value={typed}
        onClick={() => {
          if (!isChosen) onChoose({ typed: '' })
        }}
        onBlur={onTyped}
        onInput={(event) => onChoose({ typed: event.currentTarget.value })}
      />
    </label>
  )
}
