import type { PartnerConversion } from '@opencredits/protocol'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer } from '../../../shared/parts/answer.tsx'
import { addDays } from '../../../shared/parts/days.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'

interface ConversionPeriod {
  readonly from: string
  readonly to: string
  readonly time_zone: string
}

/** How far those came who opened the checkout, step by step. */
export function Conversion({ period }: { readonly period: ConversionPeriod }) {
  const { t } = useWords()
  const { api } = useApp()
  const conversion = useResource<PartnerConversion>(api.path('/v1/partner/conversion', { ...period }))
  return (
    <section class="card flush" aria-labelledby="conversion">
      <h2 id="conversion">{t('conversionTitle')}</h2>
      <p class="pad soft">{t('conversionLead')}</p>
      <Answer of={conversion} rows={4}>
        {(data) => (
          <>
            <Funnel data={data} />
            <Counted data={data} />
          </>
        )}
      </Answer>
    </section>
  )
}

const steps = [
  ['opened', 'stepOpened', 'stepOpenedHint'],
  ['began', 'stepBegan', 'stepUsersHint'],
  ['paid', 'stepPaid', 'stepUsersHint'],
  ['called', 'stepCalled', 'stepUsersHint'],
] as const

function Funnel({ data }: { readonly data: PartnerConversion }) {
  const { t, format } = useWords()
  const largest = Math.max(1, ...steps.map(([name]) => data[name]))
  return (
    <table>
      <caption class="visually-hidden">{t('conversionTitle')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('stepHead')}</th>
          <th scope="col" class="number">
            {t('stepCount')}
          </th>
          <th scope="col" class="number">
            {t('stepPart')}
          </th>
          <td class="wide" />
        </tr>
      </thead>
      <tbody>
        {steps.map(([name, label, hint], index) => {
          const before = steps[index - 1]
          const of = before === undefined ? 0 : data[before[0]]
          // Browsers and users are counted differently, so a step may have more than the one before.
          const part = of === 0 || data[name] > of ? '–' : format.percent(Math.round((data[name] / of) * 1000) / 1000)
          return (
            <tr key={name}>
              <th scope="row">
                {t(label)} <small class="soft">{t(hint)}</small>
              </th>
              <td class="number">{format.number(data[name])}</td>
              <td class="number">{part}</td>
              <td class="wide part">
                <svg width="100%" height="6" aria-hidden="true">
                  <rect width={`${(data[name] / largest) * 100}%`} height="6" rx="3" />
                </svg>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** Says so where a part of the period is from before openings were counted. */
function Counted({ data }: { readonly data: PartnerConversion }) {
  const { t, format } = useWords()
  if (data.opened_since === null) return <p class="pad soft">{t('openedNever')}</p>
  const endOfFirst = Date.parse(`${addDays(data.from, 1)}T00:00:00Z`) / 1000
  if (data.opened_since < endOfFirst) return null
  return <p class="pad soft">{t('openedSince', { date: format.date(data.opened_since) })}</p>
}
