import { useWords } from '../messages/words-context.ts'
import { Choice, Field } from './field.tsx'
import { type RangeName, rangeNames, type UsageRange } from './usage-range.ts'

const labels = {
  '7d': 'range7d',
  '30d': 'range30d',
  month: 'rangeMonth',
  last_month: 'rangeLastMonth',
  '90d': 'range90d',
  custom: 'rangeCustom',
} as const

/** A time by its name, or by its first and last day. */
export function RangeBar({
  range,
  today,
  onChoose,
}: {
  readonly range: UsageRange
  readonly today: string
  readonly onChoose: (range: UsageRange) => void
}) {
  const { t } = useWords()
  const isName = (text: string): text is RangeName => rangeNames.some((name) => name === text)
  return (
    <>
      <Choice
        label={t('range')}
        value={range.name}
        options={rangeNames.map((name) => ({ value: name, label: t(labels[name]) }))}
        onChoose={(name) => isName(name) && onChoose({ ...range, name })}
      />
      {range.name === 'custom' && (
        <>
          <Field
            label={t('rangeFrom')}
            type="date"
            max={today}
            value={range.from}
            onChange={(event) => onChoose({ ...range, from: event.currentTarget.value || range.from })}
          />
          <Field
            label={t('rangeTo')}
            type="date"
            max={today}
            value={range.to}
            onChange={(event) => onChoose({ ...range, to: event.currentTarget.value || range.to })}
          />
        </>
      )}
    </>
  )
}
