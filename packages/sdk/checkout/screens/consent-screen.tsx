import type { BudgetWindowName } from '@opencredits/protocol'
import type { TargetedSubmitEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { Controller } from '../controller.ts'
import { formatTyped } from '../format.ts'
import { type ParsedAmount, parseAmount } from '../parse-amount.ts'
import type { ConsentScreen as ConsentState } from '../screen-state.ts'
import { Heading } from './heading.tsx'
import { LimitSentence } from './limit-sentence.tsx'
import { MoreLimits, type MoreLimitsChosen } from './more-limits.tsx'
import { Problem } from './problem.tsx'
import { Screen } from './screen.tsx'
import { NotNow, Submit } from './submit.tsx'

/** Where a limit was none, or the app suggests none. */
const usualBudget = 500
const daySeconds = 86_400

/** How much an app may spend. Nothing is connected before *Allow*. */
export function ConsentScreen({ controller, screen }: { controller: Controller; screen: ConsentState }) {
  const { words, locale } = controller
  const { suggested } = screen
  const isRaise = screen.consentId === null
  const [typed, setTyped] = useState(formatTyped(suggested.budget ?? usualBudget, locale.value))
  const [window, setWindow] = useState<BudgetWindowName>(suggested.window)
  const [more, setMore] = useState<MoreLimitsChosen>({ isUnlimited: false, models: suggested.models, days: null })
  const [problem, setProblem] = useState<string | null>(null)
  const shownProblem = problem ?? screen.problem
  const parsed = parse(controller, typed)
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (screen.isBusy) return
    if (parsed.amount === null && !more.isUnlimited) {
      document.getElementById('budget')?.focus()
      return setProblem(explain(controller, parsed.problem))
    }
    if (more.models?.length === 0) return setProblem(words.value('modelsNone'))
    setProblem(null)
    void controller.allow({
      budget: more.isUnlimited ? null : parsed.amount,
      window,
      models: more.models,
      expires_at: more.days === null ? suggested.expires_at : Math.floor(Date.now() / 1000) + more.days * daySeconds,
    })
  }
  return (
    <Screen
      onSubmit={submit}
      bar={
        <>
          <Submit controller={controller} isBusy={screen.isBusy} text={isRaise ? 'raiseLimit' : 'allow'} />
          <NotNow controller={controller} onClick={() => controller.dispatch({ type: 'login_left' })} />
        </>
      }
    >
      <Heading
        text={isRaise ? words.value('raiseLimit') : words.value('consentHeading', { app: controller.config.appName })}
      />
      <LimitSentence
        controller={controller}
        {...{ typed, window, amount: parsed.amount, isUnlimited: more.isUnlimited, isWrong: shownProblem !== null }}
        onTyped={(text) => {
          setProblem(null)
          setTyped(text)
        }}
        onWindow={setWindow}
      />
      <Problem id="consent-problem" text={shownProblem} />
      <p id="consent-hint" class="soft">
        {words.value('successBalance', { count: screen.balance })} {words.value('consentHint')}
      </p>
      <MoreLimits controller={controller} chosen={more} isRaise={isRaise} onChange={setMore} />
    </Screen>
  )
}

const budgetMin = 1
const budgetMax = 10_000_000

/** A number of credits is typed as an amount of money is; who writes the currency's sign means no less. */
function parse({ currency, locale }: Controller, typed: string): ParsedAmount {
  const bounds = { minorUnitDigits: 2, amountMin: budgetMin, amountMax: budgetMax }
  return parseAmount(typed, { ...currency.value, ...bounds }, locale.value)
}

function explain({ words, locale }: Controller, problem: 'invalid' | 'decimals' | 'range'): string {
  const number = new Intl.NumberFormat(locale.value)
  if (problem === 'invalid') return words.value('amountInvalid', { example: number.format(usualBudget) })
  if (problem === 'decimals') return words.value('amountDecimals', { count: 2 })
  return words.value('amountRange', { min: number.format(budgetMin), max: number.format(budgetMax) })
}
