import type { AccountRequestStory, RequestPrices, RequestTokens } from '@opencredits/protocol'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useWords } from '../../messages/words-context.ts'

const buckets = [
  ['input', 'input', 'bucketInput'],
  ['cache_read', 'cache_read', 'bucketCacheRead'],
  ['cache_write_5m', 'cache_write_5m', 'bucketCacheWrite5m'],
  ['cache_write_1h', 'cache_write_1h', 'bucketCacheWrite1h'],
  ['output', 'output', 'bucketOutput'],
  ['web_searches', 'web_searches_per_thousand', 'bucketSearches'],
] as const

/** What was read and written, bucket by bucket, and at which price. Where several models worked, each by itself. */
export function TokenTable({ story }: { readonly story: AccountRequestStory }) {
  const { t } = useWords()
  const { tokens, runs, prices } = story
  return (
    <section class="card flush" aria-labelledby="tokens">
      <h2 id="tokens">{t('tokensAndPrices')}</h2>
      {tokens === null ? (
        <p class="pad soft">{t('noTokens')}</p>
      ) : runs === null ? (
        <Run name={story.model} tokens={tokens} prices={prices} />
      ) : (
        runs.map((run, index) => (
          <Run
            key={`${index}-${run.kind}`}
            name={run.model ?? story.model}
            tokens={run.tokens}
            prices={run.prices}
            isNamed
          />
        ))
      )}
    </section>
  )
}

function Run({
  name,
  tokens,
  prices,
  isNamed = false,
}: {
  readonly name: string
  readonly tokens: RequestTokens
  readonly prices: RequestPrices
  readonly isNamed?: boolean
}) {
  const { t, format } = useWords()
  const used = buckets.filter(([bucket]) => (tokens[bucket] ?? 0) > 0)
  return (
    <ScrollArea label={name}>
      <table>
        <caption class={isNamed ? '' : 'visually-hidden'}>{name}</caption>
        <thead>
          <tr>
            <th scope="col">{t('bucket')}</th>
            <th scope="col" class="number">
              {t('count')}
            </th>
            <th scope="col" class="number">
              {t('pricePerMillion')}
            </th>
            <th scope="col" class="number">
              {t('costHead')}
            </th>
          </tr>
        </thead>
        <tbody>
          {used.map(([bucket, priceName, label]) => {
            const count = tokens[bucket] ?? 0
            const price = prices[priceName]
            const per = bucket === 'web_searches' ? 1000 : 1_000_000
            return (
              <tr key={bucket}>
                <th scope="row">{t(label)}</th>
                <td class="number">{format.number(count)}</td>
                <td class="number">
                  {price === null ? '–' : format.exact(price)}
                  {bucket === 'web_searches' && price !== null && <small> {t('perThousand')}</small>}
                </td>
                <td class="number">{price === null ? '–' : format.exact((count * price) / per)}</td>
              </tr>
            )
          })}
          {used.length === 0 && (
            <tr>
              <td colSpan={4}>{t('noTokens')}</td>
            </tr>
          )}
        </tbody>
      </table>
    </ScrollArea>
  )
}
