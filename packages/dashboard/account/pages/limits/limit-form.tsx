import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../../../shared/parts/button.tsx'
import { addDays, todayIn } from '../../../shared/parts/days.ts'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Choice, Field } from '../../../shared/parts/field.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useWords } from '../../messages/words-context.ts'
import {
  type LimitFields,
  type LimitProblem,
  type Limits,
  readLimits,
  sliderPlaceOf,
  sliderStops,
  windowNames,
} from '../../parts/limit-form.ts'
import { ModelPicker } from './model-picker.tsx'

const windowWords = { day: 'perDay', week: 'perWeek', month: 'perMonth', total: 'inTotal' } as const
const problemWords = { budget: 'limitInvalid', models: 'modelsInvalid', end: 'endInvalid' } as const

/** How much, in which time, on which models, until when. A slider for who has no number in mind, a field for who has. */
export function LimitForm({
  initial,
  hasNoLimitNow = false,
  submitLabel,
  onSubmit,
  children,
}: {
  readonly initial: LimitFields
  readonly hasNoLimitNow?: boolean
  readonly submitLabel: string
  readonly onSubmit: (limits: Limits) => Promise<void>
  /** More fields, above those of the limit. */
  readonly children?: ComponentChildren
}) {
  const { t, format } = useWords()
  const act = useAct()
  const [fields, setFields] = useState(initial)
  const [problem, setProblem] = useState<LimitProblem | null>(null)
  const change = (part: Partial<LimitFields>) => setFields((now) => ({ ...now, ...part }))
  const submit = async () => {
    const limits = readLimits(fields, Date.now())
    if (typeof limits === 'string') return setProblem(limits)
    setProblem(null)
    await act.run(() => onSubmit(limits))
  }
  const problemOf = (one: LimitProblem) => (problem === one ? t(problemWords[one]) : null)
  return (
    <form
      class="form limits"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {children}
      <fieldset>
        <legend>{t('spendingLimit')}</legend>
        <label class="radio">
          <input type="radio" name="limited" checked={fields.isLimited} onChange={() => change({ isLimited: true })} />
          <span>{t('limited')}</span>
        </label>
        {fields.isLimited && (
          <div class="budget">
            <input
              type="range"
              min={0}
              max={sliderStops.length - 1}
              step={1}
              value={sliderPlaceOf(fields.budget)}
              aria-label={t('limitSlider')}
              aria-valuetext={t('credits', { count: Number(fields.budget) || 0 })}
              onInput={(event) => change({ budget: String(sliderStops[event.currentTarget.valueAsNumber] ?? 0) })}
            />
            <Field
              label={t('creditsHead')}
              type="number"
              inputMode="decimal"
              min={0}
              step="any"
              value={fields.budget}
              problem={problemOf('budget')}
              onInput={(event) => change({ budget: event.currentTarget.value })}
            />
            <Choice
              label={t('window')}
              value={fields.window}
              options={windowNames.map((name) => ({ value: name, label: t(windowWords[name]) }))}
              onChoose={(chosen) => change({ window: windowNames.find((name) => name === chosen) ?? 'month' })}
            />
          </div>
        )}
        <label class="radio">
          <input
            type="radio"
            name="limited"
            checked={!fields.isLimited}
            onChange={() => change({ isLimited: false })}
          />
          <span>
            {t('noLimit')}
            {hasNoLimitNow && <small> {t('asNow')}</small>}
          </span>
        </label>
      </fieldset>
      <details open={fields.models !== null || fields.endsOn !== ''}>
        <summary>{t('moreLimits')}</summary>
        <ModelPicker chosen={fields.models} problem={problemOf('models')} onChange={(models) => change({ models })} />
        <Field
          label={t('endsOn')}
          hint={t('endsOnHint')}
          type="date"
          min={addDays(todayIn(format.timeZone, Date.now()), 0)}
          value={fields.endsOn}
          problem={problemOf('end')}
          onInput={(event) => change({ endsOn: event.currentTarget.value })}
        />
      </details>
      {act.failure !== null && (
        <p class="problem" role="alert">
          {explainFailure(act.failure, t)}
        </p>
      )}
      <div>
        <Button kind="primary" isSubmit isBusy={act.isBusy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  )
}
