import type { AccountUsage, UsageGrouping } from '@opencredits/protocol'
import { queryOf } from '../../../shared/api/call-api.ts'
import { useResource } from '../../../shared/api/use-resource.ts'
import { addDays, todayIn } from '../../../shared/parts/days.ts'
import { Choice } from '../../../shared/parts/field.tsx'
import { StatusAndDates } from '../../../shared/parts/status-and-dates.tsx'
import { useWords } from '../../messages/words-context.ts'

export const requestFilterNames = ['model', 'app', 'key', 'status', 'from', 'to'] as const
type RequestFilterValues = { readonly [Name in (typeof requestFilterNames)[number]]?: string }

type Change = { readonly [Name in keyof RequestFilterValues]?: string | null }

/** One chooses among what was used in the last ninety days; what the address names is there in any case. */
export function RequestFilters({
  values,
  onChange,
}: {
  readonly values: RequestFilterValues
  readonly onChange: (change: Change) => void
}) {
  const { format } = useWords()
  const today = todayIn(format.timeZone, Date.now())
  return (
    <div class="filters">
      {(['model', 'app', 'key'] as const).map((name) => (
        <UsedChoice
          key={name}
          name={name}
          today={today}
          value={values[name] ?? ''}
          onChoose={(chosen) => onChange({ [name]: chosen })}
        />
      ))}
      <StatusAndDates values={values} today={today} onChange={onChange} />
    </div>
  )
}

const labels = { model: 'model', app: 'app', key: 'key' } as const

function UsedChoice({
  name,
  today,
  value,
  onChoose,
}: {
  readonly name: Exclude<UsageGrouping, 'day'>
  readonly today: string
  readonly value: string
  readonly onChoose: (value: string) => void
}) {
  const { t, format } = useWords()
  const asked = { from: addDays(today, -89), to: today, group_by: name, time_zone: format.timeZone }
  const used = useResource<AccountUsage>(`/v1/account/usage${queryOf(asked)}`)
  const known = (used.data?.data ?? []).map(({ group, label }) => ({ value: group, label }))
  const isKnown = value === '' || known.some((one) => one.value === value)
  return (
    <Choice
      label={t(labels[name])}
      value={value}
      options={[{ value: '', label: t('all') }, ...known, ...(isKnown ? [] : [{ value, label: value }])]}
      onChoose={onChoose}
    />
  )
}
