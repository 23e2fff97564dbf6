import type { PricingResponse } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import type { Screen } from '../checkout-state.ts'
import type { Controller } from '../controller.ts'
import { formatAbout, formatCredits, formatMoney } from '../format.ts'
import { parseAmount } from '../parse-amount.ts'
import { strings } from '../strings.ts'
import { Heading } from './heading.tsx'

const presets = [5, 10, 25, 50, 100]
const other = 'other'

export function AmountScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<Screen, { name: 'amount' }>
}) {
  const currency = controller.currency.value
  const locale = controller.locale.value
  const wanted = controller.state.value.amount
  // Where dollars cost hundreds of units, the presets are as many dollars' worth, in round numbers.
  const scale = 10 ** Math.max(0, Math.round(Math.log10(100 / currency.creditsPerMajorUnit)))
  const offers = presets
    .map((preset) => preset * scale)
    .filter((amount) => amount >= currency.amountMin && amount <= currency.amountMax)
  const [choice, setChoice] = useState(
    wanted === null ? String(offers[1] ?? offers[0] ?? other) : offers.includes(wanted) ? String(wanted) : other,
  )
  const [typed, setTyped] = useState(wanted === null || offers.includes(wanted) ? '' : String(wanted))
  const [problem, setProblem] = useState<string | null>(null)
  const parsed = choice === other ? parseAmount(typed, currency) : { amount: Number(choice), problem: null }
  const money = parsed.amount === null ? '' : formatMoney(parsed.amount, currency, locale)
  const shownProblem = problem ?? screen.problem
  const isInTab = controller.opened.value?.mode === 'new_tab'
  const explain = {
    invalid: strings.amountInvalid,
    decimals: strings.amountDecimals(currency.minorUnitDigits),
    range: strings.amountRange(
      formatMoney(currency.amountMin, currency, locale),
      formatMoney(currency.amountMax, currency, locale),
    ),
  }
  const submit = (event: Event) => {
    event.preventDefault()
    if (parsed.amount === null) {
      setProblem(explain[parsed.problem])
      document.getElementById('other-amount')?.focus()
      return
    }
    setProblem(null)
    void controller.pay(parsed.amount)
  }
  return (
    <form class="screen" onSubmit={submit} noValidate>
      <Heading text={strings.heading} />
      <fieldset class="amounts">
        <legend class="visually-hidden">{strings.amountLegend}</legend>
        {offers.map((amount) => (
          <label key={amount} class="amount">
            <input
              type="radio"
              name="amount"
              value={amount}
              checked={choice === String(amount)}
              onChange={() => setChoice(String(amount))}
            />
            <span class="amount-money">{formatMoney(amount, currency, locale)}</span>
            <span class="amount-buys">
              {strings.credits(formatCredits(amount * currency.creditsPerMajorUnit, locale))}
              <small>{aboutRequests(amount * currency.creditsPerMajorUnit, controller.pricing.value, locale)}</small>
            </span>
          </label>
        ))}
        <label class="amount">
          <input
            type="radio"
            name="amount"
            value={other}
            checked={choice === other}
            onChange={() => setChoice(other)}
          />
          <span class="amount-money">{strings.otherAmount}</span>
          {choice === other && parsed.amount !== null && (
            <span class="amount-buys">
              {strings.credits(formatCredits(parsed.amount * currency.creditsPerMajorUnit, locale))}
              <small>
                {aboutRequests(parsed.amount * currency.creditsPerMajorUnit, controller.pricing.value, locale)}
              </small>
            </span>
          )}
        </label>
      </fieldset>
      {choice === other && (
        <label class="field">
          <span>{strings.otherAmountLabel(currency.code.toUpperCase())}</span>
          <input
            id="other-amount"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            aria-invalid={shownProblem !== null}
            aria-describedby="amount-problem"
            onInput={(event) => {
              setTyped(event.currentTarget.value)
              setProblem(null)
            }}
          />
        </label>
      )}
      <p id="amount-problem" class="problem" role="alert">
        {shownProblem}
      </p>
      <button type="submit" class="primary" disabled={screen.isBusy} aria-busy={screen.isBusy}>
        {screen.isBusy ? strings.opening : isInTab ? strings.payInTab(money) : strings.pay(money)}
      </button>
    </form>
  )
}

/** What the credits buy of the app's middling model: its dearest and its cheapest may be a hundredfold apart. */
function aboutRequests(credits: number, pricing: PricingResponse | null, locale: string | undefined): string {
  const prices = (pricing?.models ?? []).map((model) => model.credits_per_request).filter((price) => price > 0)
  const middle = prices.sort((a, b) => a - b)[Math.floor(prices.length / 2)]
  return middle === undefined || credits < middle ? '' : strings.about(formatAbout(credits / middle, locale))
}
