import type { TargetedSubmitEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { Controller } from '../controller.ts'
import { formatMoney, formatTyped } from '../format.ts'
import { chooseFirst, offersIn } from '../offers.ts'
import { type ParsedAmount, parseAmount } from '../parse-amount.ts'
import type { Choice, Screen as ScreenState } from '../screen-state.ts'
import { AmountTiles } from './amount-tiles.tsx'
import { Check } from './check.tsx'
import { Estimate } from './estimate.tsx'
import { Heading } from './heading.tsx'
import { Problem } from './problem.tsx'
import { Screen } from './screen.tsx'
import { Submit } from './submit.tsx'

export function AmountScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<ScreenState, { name: 'amount' }>
}) {
  const { words } = controller
  const choice = currentChoice(controller)
  const parsed = read(controller, choice)
  const [problem, setProblem] = useState<string | null>(null)
  const shownProblem = problem ?? screen.problem
  const isInTab = controller.opened.value?.mode === 'new_tab'
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (screen.isBusy) return
    if (parsed.amount === null) {
      setProblem(explain(controller, parsed.problem))
      document.getElementById('other-amount')?.focus()
      return
    }
    setProblem(null)
    void controller.pay(parsed.amount)
  }
  const checkTyped = () => {
    if (parsed.amount === null && 'typed' in choice && choice.typed.trim() !== '') {
      setProblem(explain(controller, parsed.problem))
    }
  }
  const choose = (next: Choice) => {
    setProblem(null)
    controller.dispatch({ type: 'chosen', choice: next })
  }
  return (
    <Screen
      onSubmit={submit}
      bar={
        <>
          <AllowApp controller={controller} />
          <Summary controller={controller} amount={parsed.amount} />
          <Submit
            controller={controller}
            isBusy={screen.isBusy}
            text={isInTab ? 'payInTab' : 'pay'}
            busyText="opening"
          />
        </>
      }
    >
      <Heading text={words.value('heading')} />
      <Reason controller={controller} isCancelled={screen.isCancelled} />
      <AmountTiles
        controller={controller}
        choice={choice}
        isWrong={shownProblem !== null}
        onChoose={choose}
        onTyped={checkTyped}
      />
      <Problem id="amount-problem" text={shownProblem} />
      <Estimate controller={controller} amount={parsed.amount} />
      <Account controller={controller} />
    </Screen>
  )
}

/** What the user chose; else what the app asked for; else what covers what is needed. */
function currentChoice(controller: Controller): Choice {
  const { choice, amount, user } = controller.state.value
  const currency = controller.currency.value
  if (choice !== null) return choice
  if (amount === null) return chooseFirst(currency, (controller.opened.value?.needed ?? 0) - (user?.balance ?? 0))
  return offersIn(currency).includes(amount)
    ? { offer: amount }
    : { typed: formatTyped(amount, controller.locale.value) }
}

function read(controller: Controller, choice: Choice): ParsedAmount {
  if ('offer' in choice) return { amount: choice.offer, problem: null }
  return parseAmount(choice.typed, controller.currency.value, controller.locale.value)
}

function explain({ words, currency, locale }: Controller, problem: 'invalid' | 'decimals' | 'range'): string {
  const { minorUnitDigits: digits, amountMin, amountMax } = currency.value
  const money = (amount: number) => formatMoney(amount, currency.value, locale.value)
  if (problem === 'range') return words.value('amountRange', { min: money(amountMin), max: money(amountMax) })
  if (problem === 'invalid') {
    const [, , example = amountMin] = offersIn(currency.value)
    return words.value('amountInvalid', { example: formatTyped(example, locale.value) })
  }
  return digits === 0 ? words.value('amountWhole') : words.value('amountDecimals', { count: digits })
}

/** Why one is here: because the app needs more, or because one went back on Stripe's page. */
function Reason({ controller, isCancelled }: { controller: Controller; readonly isCancelled: boolean }) {
  const { words } = controller
  const opened = controller.opened.value
  const needed = opened?.needed ?? null
  if (isCancelled) return <Note text={words.value('cancelled')} />
  if (!opened?.reason) return null
  return (
    <Note text={needed === null ? words.value('neededMore') : words.value('needed', { count: Math.ceil(needed) })} />
  )
}

function Note({ text }: { readonly text: string }) {
  return (
    <p class="note" role="status">
      {text}
    </p>
  )
}

/** One line: what one gets, and what it costs. This server adds no tax; where Stripe does, its own page says so. */
function Summary({ controller, amount }: { controller: Controller; readonly amount: number | null }) {
  const { words, currency, locale } = controller
  const credits = (amount ?? 0) * currency.value.creditsPerMajorUnit
  return (
    <p class="summary">
      <span>{amount === null ? '' : words.value('credits', { count: credits })}</span>
      <strong>
        {amount === null ? '' : words.value('total', { money: formatMoney(amount, currency.value, locale.value) })}
      </strong>
    </p>
  )
}

/** Who is buying: under the amounts only, where it can still be changed. */
function Account({ controller }: { controller: Controller }) {
  const { words } = controller
  const { user, accountEmail } = controller.state.value
  if (user === null || user.is_guest) {
    return (
      <p class="account">
        {words.value('guestHint')}{' '}
        <button type="button" class="link" onClick={() => controller.dispatch({ type: 'login_wanted' })}>
          {words.value('signIn')}
        </button>
      </p>
    )
  }
  return (
    <p class="account">
      <span class="cut" dir="auto">
        {accountEmail === null ? words.value('signedIn') : words.value('signedInAs', { email: accountEmail })}
      </span>{' '}
      <button type="button" class="link" onClick={() => void controller.logOut()}>
        {words.value('signOut')}
      </button>
    </p>
  )
}

/** Above the button, where it is seen before one pays, however low the window is. */
function AllowApp({ controller }: { readonly controller: Controller }) {
  const { user, accountEmail, allowsApp } = controller.state.value
  if (user === null || user.is_guest || accountEmail === null) return null
  return (
    <Check
      text={controller.words.value('allowApp', { app: controller.config.appName })}
      isChecked={allowsApp}
      onChange={(isAllowed) => controller.dispatch({ type: 'app_allowed', isAllowed })}
    />
  )
}
