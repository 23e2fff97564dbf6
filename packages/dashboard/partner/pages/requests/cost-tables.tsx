import type { PartnerCostBucket, PartnerRequestStory, PartnerTransfer } from '@opencredits/protocol'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useWords } from '../../messages/words-context.ts'

/** From the provider's price to what the user paid, as a bill is added up. */
export function BillTable({ story }: { readonly story: PartnerRequestStory }) {
  const { t, format } = useWords()
  if (story.charge === null) return null
  const byOperator = story.paid_by_operator ?? 0
  const lines: readonly (readonly [string, number | null])[] = [
    [t('providerCost'), story.provider_cost],
    [t('shareLine', { percent: format.percent(story.referral_rate) }), story.referral_share],
    [t('feeLine', { percent: format.percent(story.fee_rate) }), story.fee],
    ...(byOperator === 0 ? [] : [[t('paidByOperator'), -byOperator] as const]),
  ]
  return (
    <section class="card flush" aria-labelledby="bill">
      <h2 id="bill">{t('bill')}</h2>
      <table class="bill">
        <caption class="visually-hidden">{t('bill')}</caption>
        <tbody>
          {lines.map(([name, amount]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{amount === null ? '–' : format.exact(amount)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('userPaid')}</th>
            <td class="number">{t('creditsExact', { credits: format.exact(story.charge) })}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  )
}

const bucketNames = {
  input: 'bucketInput',
  cache_read: 'bucketCacheRead',
  cache_write_5m: 'bucketCacheWrite5m',
  cache_write_1h: 'bucketCacheWrite1h',
  output: 'bucketOutput',
  web_searches: 'bucketSearches',
} as const satisfies Readonly<Record<PartnerCostBucket, string>>

/** What the provider's price is made of: every bucket at its price, of every model that worked on it. */
export function LineTable({ story }: { readonly story: PartnerRequestStory }) {
  const { t, format } = useWords()
  const hasModels = story.lines.some(({ model }) => model !== null)
  return (
    <section class="card flush" aria-labelledby="lines">
      <h2 id="lines">{t('linesTitle')}</h2>
      {story.lines.length === 0 ? (
        <p class="pad soft">{t('noTokens')}</p>
      ) : (
        <ScrollArea label={t('linesTitle')}>
          <table>
            <caption class="visually-hidden">{t('linesTitle')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('bucket')}</th>
                <th scope="col" class="number">
                  {t('count')}
                </th>
                <th scope="col" class="number">
                  {t('price')}
                </th>
                <th scope="col" class="number">
                  {t('costHead')}
                </th>
              </tr>
            </thead>
            <tbody>
              {story.lines.map((line, index) => (
                <tr key={`${index}-${line.bucket}`}>
                  <th scope="row">
                    {t(bucketNames[line.bucket])} {hasModels && <small>{line.model ?? story.model}</small>}
                  </th>
                  <td class="number">{format.number(line.count)}</td>
                  <td class="number">
                    {format.exact(line.price)}{' '}
                    <small class="soft">{t(line.price_per === 1000 ? 'perThousand' : 'perMillion')}</small>
                  </td>
                  <td class="number">{format.precise(line.credits)}</td>
                </tr>
              ))}
              {story.rounding !== 0 && (
                <tr>
                  <th scope="row">{t('roundingLine')}</th>
                  <td />
                  <td />
                  <td class="number">{format.precise(story.rounding)}</td>
                </tr>
              )}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{t('providerCost')}</th>
                <td />
                <td />
                <td class="number">{format.exact(story.provider_cost ?? 0)}</td>
              </tr>
            </tfoot>
          </table>
        </ScrollArea>
      )}
    </section>
  )
}

/** As the ledger has them. */
export function TransferTable({ transfers }: { readonly transfers: readonly PartnerTransfer[] }) {
  const { t, format } = useWords()
  if (transfers.length === 0) return null
  return (
    <details class="card flush fold">
      <summary>{t('transfersTitle')}</summary>
      <ScrollArea label={t('transfersTitle')}>
        <table>
          <caption class="visually-hidden">{t('transfersTitle')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('transferFor')}</th>
              <th scope="col">{t('transferFrom')}</th>
              <th scope="col">{t('transferTo')}</th>
              <th scope="col" class="number">
                {t('costHead')}
              </th>
            </tr>
          </thead>
          <tbody>
            {transfers.map((one) => (
              <tr key={one.code}>
                <th scope="row">
                  <code>{one.code}</code>
                </th>
                <td>{one.from}</td>
                <td>{one.to}</td>
                <td class="number">{format.exact(one.credits)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </details>
  )
}
