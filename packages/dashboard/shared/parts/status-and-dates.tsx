import { useWords } from '../messages/words-context.ts'
import { isIsoDate } from './days.ts'
import { Choice, Field } from './field.tsx'

interface StatusAndDateValues {
  readonly status?: string
  readonly from?: string
  readonly to?: string
}

/** The filters that every list of requests has. */
export function StatusAndDates({
  values,
  today,
  onChange,
}: {
  readonly values: StatusAndDateValues
  readonly today: string
  readonly onChange: (change: StatusAndDateValues) => void
}) {
  const { t } = useWords()
  return (
    <>
      <Choice
        label={t('status')}
        value={values.status ?? ''}
        options={[
          { value: '', label: t('all') },
          { value: 'settled', label: t('statusSettled') },
          { value: 'released', label: t('statusReleased') },
          { value: 'running', label: t('statusRunning') },
        ]}
        onChoose={(status) => onChange({ status })}
      />
      {(['from', 'to'] as const).map((name) => (
        <Field
          key={name}
          label={t(name === 'from' ? 'rangeFrom' : 'rangeTo')}
          type="date"
          max={today}
          value={values[name] ?? ''}
          onChange={(event) => onChange({ [name]: event.currentTarget.value })}
        />
      ))}
    </>
  )
}

/** The filters that an address names; dates that are none are left out. */
export function readRequestFilters<Name extends string>(
  names: readonly Name[],
  query: Readonly<Record<string, string>>,
): { readonly [One in Name]?: string } {
  const filters: { [One in Name]?: string } = {}
  for (const name of names) {
    const value = query[name] ?? ''
    const isUsable = name === 'from' || name === 'to' ? isIsoDate(value) : value !== ''
    if (isUsable) filters[name] = value
  }
  return filters
}
