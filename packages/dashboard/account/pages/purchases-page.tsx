import type { AccountPurchase, CursorPage } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Icon } from '../../shared/parts/icons.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { Paging } from '../../shared/parts/paging.tsx'
import { ScrollArea } from '../../shared/parts/scroll-area.tsx'
import { useWords } from '../messages/words-context.ts'

const statusWords = {
  open: ['purchaseOpen', ''],
  processing: ['purchaseProcessing', 'busy'],
  complete: ['purchaseComplete', 'good'],
  expired: ['purchaseExpired', ''],
  failed: ['purchaseFailed', 'bad'],
} as const

export function PurchasesPage() {
  const { t } = useWords()
  const { query } = useLocation()
  const purchases = useResource<CursorPage<AccountPurchase>>(
    `/v1/account/purchases${queryOf({ after: query.after, limit: 50 })}`,
  )
  const next = purchases.data?.has_more === true ? purchases.data.next : null
  return (
    <Page title={t('purchasesTitle')} lead={t('purchasesLead')}>
      <section class="card flush" aria-label={t('purchasesTitle')}>
        <Answer of={purchases} rows={5}>
          {(page) =>
            page.data.length === 0 ? (
              <Empty icon="purchases" title={t('purchasesEmpty')}>
                <a href="/account">{t('toOverview')}</a>
              </Empty>
            ) : (
              <PurchaseTable purchases={page.data} />
            )
          }
        </Answer>
        <Paging
          isFirst={query.after === undefined}
          first="/account/purchases"
          next={next === null ? null : `/account/purchases${queryOf({ after: next })}`}
        />
      </section>
    </Page>
  )
}

function PurchaseTable({ purchases }: { readonly purchases: readonly AccountPurchase[] }) {
  const { t, format } = useWords()
  return (
    <ScrollArea label={t('purchasesTitle')}>
      <table>
        <caption class="visually-hidden">{t('purchasesTitle')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('date')}</th>
            <th scope="col" class="wide">
              {t('boughtIn')}
            </th>
            <th scope="col" class="number">
              {t('paid')}
            </th>
            <th scope="col" class="number">
              {t('creditsHead')}
            </th>
            <th scope="col" class="wide">
              {t('status')}
            </th>
            <th scope="col">{t('receipt')}</th>
          </tr>
        </thead>
        <tbody>
          {purchases.map((purchase) => (
            <tr key={purchase.purchase_id}>
              <th scope="row">
                {format.date(purchase.completed_at ?? purchase.created_at)}
                {purchase.status !== 'complete' && (
                  <span class="narrow block">
                    <Status of={purchase} />
                  </span>
                )}
              </th>
              <td class="wide">{purchase.app.name}</td>
              <td class="number">{format.money(purchase.amount, purchase.currency)}</td>
              <td class="number">
                {format.credits(purchase.credits)}
                {purchase.taken_back > 0 && (
                  <small class="block">{t('takenBack', { credits: format.credits(purchase.taken_back) })}</small>
                )}
              </td>
              <td class="wide">
                <Status of={purchase} />
              </td>
              <td>
                {purchase.receipt_url === null ? (
                  <span class="soft">–</span>
                ) : (
                  <a href={purchase.receipt_url} target="_blank" rel="noreferrer">
                    {t('receipt')}
                    <span class="visually-hidden"> {format.date(purchase.created_at)}</span> <Icon name="outside" />
                  </a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function Status({ of: { status } }: { readonly of: AccountPurchase }) {
  const { t } = useWords()
  const [word, tone] = statusWords[status]
  return <span class={`tag ${tone}`}>{t(word)}</span>
}
