import type { AccountUsage, UsageGrouping } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Bars } from '../../shared/parts/bars.tsx'
import { daysBetween, todayIn } from '../../shared/parts/days.ts'
import { Icon } from '../../shared/parts/icons.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { RangeBar } from '../../shared/parts/range-bar.tsx'
import { rangeParameters, readRange, type UsageRange } from '../../shared/parts/usage-range.ts'
import { useWords } from '../messages/words-context.ts'
import { UsageTable } from './usage/usage-table.tsx'

const groupings = { day: 'byDay', model: 'byModel', app: 'byApp', key: 'byKey' } as const

/** Credits by day, model, app or key. What is shown is in the address. */
export function UsagePage() {
  const { t, format } = useWords()
  const { query, route } = useLocation()
  const today = todayIn(format.timeZone, Date.now())
  const range = readRange(query, today)
  const groupBy = readGrouping(query.by)
  const asked = { from: range.from, to: range.to, group_by: groupBy, time_zone: format.timeZone }
  const usage = useResource<AccountUsage>(`/v1/account/usage${queryOf(asked)}`)
  const byDay = useResource<AccountUsage>(`/v1/account/usage${queryOf({ ...asked, group_by: 'day' })}`)
  const addressOf = (to: { readonly range?: UsageRange; readonly by?: UsageGrouping }) => {
    const by = to.by ?? groupBy
    return `/account/usage${queryOf({ ...rangeParameters(to.range ?? range), by: by === 'day' ? null : by })}`
  }
  return (
    <Page
      title={t('usageTitle')}
      lead={t('usageLead', { zone: format.timeZone })}
      actions={
        <a class="button" href={`/v1/account/usage.csv${queryOf(asked)}`} download>
          <Icon name="download" />
          {t('csv')}
        </a>
      }
    >
      <div class="filters">
        <RangeBar range={range} today={today} onChoose={(chosen) => route(addressOf({ range: chosen }))} />
      </div>
      <section class="card" aria-labelledby="spent">
        <h2 id="spent">{t('spent')}</h2>
        <Answer of={byDay} rows={4}>
          {(data) => {
            const charges = new Map(data.data.map(({ group, charge }) => [group, charge]))
            const values = daysBetween(range.from, range.to).map((day) => ({ day, value: charges.get(day) ?? 0 }))
            return (
              <>
                <p class="figure">
                  {t('credits', { count: data.total.charge })} <small>{t('calls', { count: data.total.calls })}</small>
                </p>
                <Bars values={values} />
              </>
            )
          }}
        </Answer>
      </section>
      <section class="card flush" aria-labelledby="table">
        <h2 id="table" class="visually-hidden">
          {t('usageTable')}
        </h2>
        <nav class="tabs" aria-label={t('groupBy')}>
          {Object.entries(groupings).map(([name, label]) => (
            <a
              key={name}
              href={addressOf({ by: readGrouping(name) })}
              aria-current={name === groupBy ? 'page' : undefined}
            >
              {t(label)}
            </a>
          ))}
        </nav>
        <Answer of={usage} rows={6}>
          {(data) =>
            data.total.calls === 0 ? (
              <Empty icon="usage" title={t('usageEmpty')}>
                {t('usageEmptyHint')}
              </Empty>
            ) : (
              <UsageTable usage={data} groupBy={groupBy} />
            )
          }
        </Answer>
      </section>
    </Page>
  )
}

function readGrouping(text: string | undefined): UsageGrouping {
  return text === 'model' || text === 'app' || text === 'key' ? text : 'day'
}
