import { useEffect } from 'preact/hooks'
import type { Controller } from '../controller.ts'
import { Check } from './check.tsx'

export interface MoreLimitsChosen {
  /** Offered, and never chosen beforehand. */
  readonly isUnlimited: boolean
  /** Null: all that the app may use. */
  readonly models: readonly string[] | null
  /** From now; null: as it is. */
  readonly days: number | null
}

const daysOffered = [30, 90, 365]

/** What few people want: no limit at all, an end, some models only. */
export function MoreLimits({
  controller,
  chosen,
  isRaise,
  onChange,
}: {
  controller: Controller
  readonly chosen: MoreLimitsChosen
  readonly isRaise: boolean
  onChange(chosen: MoreLimitsChosen): void
}) {
  const { words, locale } = controller
  const days = new Intl.NumberFormat(locale.value, { style: 'unit', unit: 'day', unitDisplay: 'long' })
  return (
    <details class="fold">
      <summary>{words.value('moreLimits')}</summary>
      {!isRaise && (
        <>
          <label class="field">
            <span>{words.value('until')}</span>
            <select
              value={chosen.days ?? ''}
              onChange={(event) => onChange({ ...chosen, days: Number(event.currentTarget.value) || null })}
            >
              <option value="">{words.value('noEnd')}</option>
              {daysOffered.map((count) => (
                <option key={count} value={count}>
                  {days.format(count)}
                </option>
              ))}
            </select>
          </label>
          <Models controller={controller} chosen={chosen} onChange={onChange} />
        </>
      )}
      <Check
        text={words.value('noLimit')}
        isChecked={chosen.isUnlimited}
        onChange={(isUnlimited) => onChange({ ...chosen, isUnlimited })}
      />
    </details>
  )
}

function Models({
  controller,
  chosen,
  onChange,
}: {
  controller: Controller
  readonly chosen: MoreLimitsChosen
  onChange(chosen: MoreLimitsChosen): void
}) {
  const { words } = controller
  const pricing = controller.pricing.value
  useEffect(() => void controller.loadPricing(), [])
  if (typeof pricing === 'string') return null
  const all = pricing.models.map(({ id }) => id)
  const { models } = chosen
  return (
    <>
      <Check
        text={words.value('allModels')}
        isChecked={models === null}
        onChange={(isAll) => onChange({ ...chosen, models: isAll ? null : all })}
      />
      {models !== null && (
        <fieldset class="models" aria-label={words.value('allModels')}>
          {pricing.models.map(({ id, name }) => (
            <Check
              key={id}
              text={name}
              isChecked={models.includes(id)}
              onChange={(isIn) =>
                onChange({ ...chosen, models: all.filter((one) => (one === id ? isIn : models.includes(one))) })
              }
            />
          ))}
        </fieldset>
      )}
    </>
  )
}
