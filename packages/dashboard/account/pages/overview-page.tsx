import type { AccountOverview, AccountUsage } from '@opencredits/protocol'
import { queryOf } from '../../shared/api/call-api.ts'
import { type Resource, useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Bars } from '../../shared/parts/bars.tsx'
import { addDays, daysBetween, todayIn } from '../../shared/parts/days.ts'
import { Page } from '../../shared/parts/page.tsx'
import { PasskeyAlert } from '../../shared/session/passkey-alert.tsx'
import { useWords } from '../messages/words-context.ts'
import { describeRunway } from '../parts/runway.ts'
import { AlertList } from './overview/alert-list.tsx'
import { BuyButton } from './overview/buy-button.tsx'
import { ClaimList } from './overview/claim-list.tsx'

export function OverviewPage() {
  const { t } = useWords()
  const overview = useResource<AccountOverview>('/v1/account/overview')
  return (
    <Page title={t('overviewTitle')}>
      <PasskeyAlert>
        <a class="button small" href="/account/settings#passkeys">
          {t('passkeys')}
        </a>
      </PasskeyAlert>
      <Answer of={overview} rows={6}>
        {(data) => (
          <>
            <ClaimList claimable={data.claimable} onClaimed={overview.reload} />
            <AlertList alerts={data.alerts.filter(({ kind }) => kind !== 'empty_balance' || !isNew(data))} />
            <div class="split">
              <Balance overview={data} onBought={overview.reload} />
              <LastWeek overview={overview} spent={data.spent_7d} />
            </div>
            {isNew(data) && <FirstSteps />}
          </>
        )}
      </Answer>
    </Page>
  )
}

function Balance({ overview, onBought }: { readonly overview: AccountOverview; readonly onBought: () => void }) {
  const { t, format } = useWords()
  const { balance, balance_money: money, held } = overview
  return (
    <section class="card balance" aria-labelledby="balance">
      <h2 id="balance">{t('balance')}</h2>
      <p class="sum">
        <strong>{format.credits(balance)}</strong> <span>{t('creditsWord', { count: balance })}</span>
      </p>
      <p class="soft">
        {t('worth', { money: format.money(money.amount, money.currency) })}
        {held > 0 && <> · {t('held', { credits: t('credits', { count: held }) })}</>}
      </p>
      <p class="runway">{describeRunway(overview.runway_days, t)}</p>
      <BuyButton currency={money.currency} onBought={onBought} />
    </section>
  )
}

function LastWeek({ overview, spent }: { readonly overview: Resource<AccountOverview>; readonly spent: number }) {
  const { t, format } = useWords()
  const today = todayIn(format.timeZone, Date.now())
  const from = addDays(today, -6)
  // Asked again with the overview, so that the two say the same.
  const path = `/v1/account/usage${queryOf({ from, to: today, group_by: 'day', time_zone: format.timeZone })}`
  const usage = useResource<AccountUsage>(overview.data === null ? null : path)
  return (
    <section class="card week" aria-labelledby="week">
      <div class="card-head">
        <h2 id="week">{t('lastWeek')}</h2>
        <a href="/account/usage?range=7d">{t('allUsage')}</a>
      </div>
      <p class="figure">{t('credits', { count: spent })}</p>
      <Answer of={usage} rows={2}>
        {(data) => {
          const charges = new Map(data.data.map(({ group, charge }) => [group, charge]))
          const values = daysBetween(from, today).map((day) => ({ day, value: charges.get(day) ?? 0 }))
          return (
            <>
              <Bars values={values} isSmall />
              <table class="visually-hidden">
                <caption>{t('lastWeek')}</caption>
                <tbody>
                  {values.map(({ day, value }) => (
                    <tr key={day}>
                      <th scope="row">{format.day(day)}</th>
                      <td>{t('credits', { count: value })}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </>
          )
        }}
      </Answer>
    </section>
  )
}

/** Nothing bought, nothing spent: an empty balance is no alarm then. */
function isNew({ balance, spent_7d, claimable }: AccountOverview): boolean {
  return balance === 0 && spent_7d === 0 && claimable.length === 0
}

/** For who has just come: what one can do with an account. */
function FirstSteps() {
  const { t } = useWords()
  return (
    <section class="card">
      <Empty icon="info" title={t('newTitle')}>
        {t('newLead')} <a href="/account/keys/new">{t('createKey')}</a>
      </Empty>
    </section>
  )
}
