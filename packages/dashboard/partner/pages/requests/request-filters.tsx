import type { PartnerEarnings } from '@opencredits/protocol'
import { useResource } from '../../../shared/api/use-resource.ts'
import { addDays, todayIn } from '../../../shared/parts/days.ts'
import { Choice, Field } from '../../../shared/parts/field.tsx'
import { StatusAndDates } from '../../../shared/parts/status-and-dates.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'

export const requestFilterNames = ['model', 'user', 'status', 'from', 'to'] as const
type RequestFilterValues = { readonly [Name in (typeof requestFilterNames)[number]]?: string }

type Change = { readonly [Name in keyof RequestFilterValues]?: string | null }

/** One chooses among the models of the last thirty days; what the address names is there in any case. */
export function RequestFilters({
  values,
  onChange,
}: {
  readonly values: RequestFilterValues
  readonly onChange: (change: Change) => void
}) {
  const { t, format } = useWords()
  const today = todayIn(format.timeZone, Date.now())
  return (
    <div class="filters">
      <ModelChoice today={today} value={values.model ?? ''} onChoose={(model) => onChange({ model })} />
      <Field
        key={values.user}
        label={t('user')}
        placeholder="pu_…"
        autoCapitalize="off"
        spellcheck={false}
        value={values.user ?? ''}
        onChange={(event) => onChange({ user: event.currentTarget.value.trim() })}
      />
      <StatusAndDates values={values} today={today} onChange={onChange} />
    </div>
  )
}

function ModelChoice({
  today,
  value,
  onChoose,
}: {
  readonly today: string
  readonly value: string
  readonly onChoose: (value: string) => void
}) {
  const { t, format } = useWords()
  const { api } = useApp()
  const asked = { from: addDays(today, -29), to: today, group_by: 'model', time_zone: format.timeZone }
  const used = useResource<PartnerEarnings>(api.path('/v1/partner/earnings', asked))
  const known = (used.data?.data ?? []).map(({ group, label }) => ({ value: group, label }))
  const isKnown = value === '' || known.some((one) => one.value === value)
  return (
    <Choice
      label={t('model')}
      value={value}
      options={[{ value: '', label: t('all') }, ...known, ...(isKnown ? [] : [{ value, label: value }])]}
      onChoose={onChoose}
    />
  )
}
