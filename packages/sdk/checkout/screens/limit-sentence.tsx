import type { BudgetWindowName } from '@opencredits/protocol'
import type { Controller } from '../controller.ts'

const windows = {
  day: 'windowDay',
  week: 'windowWeek',
  month: 'windowMonth',
  total: 'windowTotal',
} as const satisfies Record<BudgetWindowName, string>

/** "a month", as it stands in a sentence. */
export function windowInWords({ words }: Controller, window: BudgetWindowName): string {
  return words.value(windows[window])
}

/** "Acme may spend up to [500] credits [a month].", with its two fields where each language has them. */
export function LimitSentence({
  controller,
  typed,
  window,
  amount,
  isUnlimited,
  isWrong,
  onTyped,
  onWindow,
}: {
  controller: Controller
  readonly typed: string
  readonly window: BudgetWindowName
  /** What is typed, as a number; null while it is none. */
  readonly amount: number | null
  readonly isUnlimited: boolean
  readonly isWrong: boolean
  onTyped(text: string): void
  onWindow(window: BudgetWindowName): void
}) {
  const { words, config } = controller
  const fields = {
    budget: (
      <span class="budget">
        <input
          id="budget"
          inputMode="decimal"
          autoComplete="off"
          size={6}
          maxLength={16}
          value={isUnlimited ? '∞' : typed}
          disabled={isUnlimited}
          aria-label={words.value('limitLabel')}
          aria-invalid={isWrong}
          aria-describedby="consent-problem consent-hint"
          onInput={(event) => onTyped(event.currentTarget.value)}
        />{' '}
        {words.value('successLabel', { count: amount ?? 0 })}
      </span>
    ),
    window: (
      <select
        aria-label={words.value('windowLabel')}
        value={window}
        disabled={isUnlimited}
        onChange={(event) => {
          const { value } = event.currentTarget
          if (isWindow(value)) onWindow(value)
        }}
      >
        {Object.keys(windows).map((name) => (
          <option key={name} value={name}>
            {isWindow(name) && windowInWords(controller, name)}
          </option>
        ))}
      </select>
    ),
  }
  const sentence = words.value('consentSentence', { app: config.appName, budget: '{budget}', window: '{window}' })
  return (
    <p class="sentence">
      {sentence
        .split(/\u2068?\{(budget|window)\}\u2069?/)
        .map((part) => (part === 'budget' || part === 'window' ? fields[part] : part))}
    </p>
  )
}

function isWindow(name: string): name is BudgetWindowName {
  return name in windows
}
