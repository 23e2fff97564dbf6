import type { AccountRequestStory } from '@opencredits/protocol'
import { useWords } from '../../messages/words-context.ts'

/** From the provider's cost to the charge, as a bill is added up. */
export function ChargeTable({ story }: { readonly story: AccountRequestStory }) {
  const { t, format } = useWords()
  if (story.charge === null) return null
  const lines: readonly (readonly [string, number | null])[] = [
    [t('providerCost'), story.provider_cost],
    [t('paidByOperator'), story.paid_by_operator === null ? null : -story.paid_by_operator],
    [t('shareLine', { app: story.app.name, percent: format.percent(story.referral_rate) }), story.referral_share],
    [t('feeLine', { percent: format.percent(story.fee_rate) }), story.fee],
  ]
  const always = [0, 2, 3]
  return (
    <section class="card flush" aria-labelledby="bill">
      <h2 id="bill">{t('bill')}</h2>
      <table class="bill">
        <caption class="visually-hidden">{t('bill')}</caption>
        <tbody>
          {lines.map(([name, amount], index) =>
            amount === null || (amount === 0 && !always.includes(index)) ? null : (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{format.exact(amount)}</td>
              </tr>
            ),
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('charge')}</th>
            <td class="number">{t('creditsExact', { credits: format.exact(story.charge) })}</td>
          </tr>
        </tfoot>
      </table>
      {story.held !== null && (
        <p class="pad soft">{t('heldLine', { credits: t('creditsExact', { credits: format.exact(story.held) }) })}</p>
      )}
    </section>
  )
}
