import type { PartnerEarnings } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../shared/api/call-api.ts'
import { type Resource, useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Bars } from '../../shared/parts/bars.tsx'
import { todayIn } from '../../shared/parts/days.ts'
import { Icon } from '../../shared/parts/icons.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { RangeBar } from '../../shared/parts/range-bar.tsx'
import { rangeParameters, readRange, type UsageRange } from '../../shared/parts/usage-range.ts'
import { useApp } from '../app/app-context.ts'
import { useWords } from '../messages/words-context.ts'
import { Conversion } from './earnings/conversion.tsx'
import { EarnedFigures } from './earnings/earned-figures.tsx'
import { EarningsTable } from './earnings/earnings-table.tsx'
import { WhatIf } from './earnings/what-if.tsx'

type Grouping = PartnerEarnings['group_by']

const groupings = { day: 'byDay', model: 'byModel', user: 'byUser' } as const

/** What the app earns: by now, in a period, from whom, and what it would earn. What is shown is in the address. */
export function EarningsPage() {
  const { t, format } = useWords()
  const { api, href } = useApp()
  const { query, route } = useLocation()
  const today = todayIn(format.timeZone, Date.now())
  const range = readRange(query, today)
  const groupBy = readGrouping(query.by)
  const period = { from: range.from, to: range.to, time_zone: format.timeZone }
  const earningsBy = (group: Grouping) => api.path('/v1/partner/earnings', { ...period, group_by: group })
  const byDay = useResource<PartnerEarnings>(earningsBy('day'))
  const grouped = useResource<PartnerEarnings>(groupBy === 'day' ? null : earningsBy(groupBy))
  const earnings = groupBy === 'day' ? byDay : grouped
  const addressOf = (to: { readonly range?: UsageRange; readonly by?: Grouping }) => {
    const by = to.by ?? groupBy
    return href('earnings') + queryOf({ ...rangeParameters(to.range ?? range), by: by === 'day' ? null : by })
  }
  return (
    <Page
      title={t('earningsTitle')}
      lead={t('earningsLead', { zone: format.timeZone })}
      actions={
        <a class="button" href={api.csvHref('/v1/partner/earnings', { ...period, group_by: groupBy })} download>
          <Icon name="download" />
          {t('csv')}
        </a>
      }
    >
      <EarnedFigures earnings={byDay} />
      <div class="filters">
        <RangeBar range={range} today={today} onChoose={(chosen) => route(addressOf({ range: chosen }))} />
      </div>
      <section class="card" aria-labelledby="earned">
        <h2 id="earned">{t('earnedPeriod')}</h2>
        <Answer of={byDay} rows={5}>
          {({ total, data }) => (
            <>
              <p class="figure">
                {t('creditsExact', { credits: format.charge(total.referral_share) })}{' '}
                <small>{t('calls', { count: total.calls })}</small>
              </p>
              <Bars values={data.map((day) => ({ day: day.group, value: day.referral_share }))} />
            </>
          )}
        </Answer>
      </section>
      <Groups earnings={earnings} groupBy={groupBy} addressOf={(by) => addressOf({ by })} />
      <Conversion period={period} />
      <WhatIf />
    </Page>
  )
}

/** The same figures as a table, by what one chooses. */
function Groups({
  earnings,
  groupBy,
  addressOf,
}: {
  readonly earnings: Resource<PartnerEarnings>
  readonly groupBy: Grouping
  readonly addressOf: (groupBy: Grouping) => string
}) {
  const { t } = useWords()
  return (
    <section class="card flush" aria-labelledby="table">
      <h2 id="table" class="visually-hidden">
        {t('earningsTable')}
      </h2>
      <nav class="tabs" aria-label={t('groupBy')}>
        {Object.entries(groupings).map(([name, label]) => (
          <a key={name} href={addressOf(readGrouping(name))} aria-current={name === groupBy ? 'page' : undefined}>
            {t(label)}
          </a>
        ))}
      </nav>
      <Answer of={earnings} rows={6}>
        {(data) =>
          data.total.calls === 0 ? (
            <Empty icon="earnings" title={t('earningsEmpty')}>
              {t('earningsEmptyHint')}
            </Empty>
          ) : (
            <EarningsTable earnings={data} />
          )
        }
      </Answer>
    </section>
  )
}

function readGrouping(text: string | undefined): Grouping {
  return text === 'model' || text === 'user' ? text : 'day'
}
