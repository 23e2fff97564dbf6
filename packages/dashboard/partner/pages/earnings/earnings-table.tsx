import type { PartnerEarnings } from '@opencredits/protocol'
import { queryOf } from '../../../shared/api/call-api.ts'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { UserName } from '../../parts/user-name.tsx'

const headings = { day: 'day', model: 'model', user: 'user' } as const

/** The figures of the picture, each group with a bar for its part of the largest. Days are newest first, and only those with calls. */
export function EarningsTable({ earnings }: { readonly earnings: PartnerEarnings }) {
  const { t, format } = useWords()
  const { group_by: groupBy, total } = earnings
  const used = earnings.data.filter(({ calls }) => calls > 0)
  const rows = groupBy === 'day' ? used.toReversed() : used
  const largest = Math.max(0, ...rows.map((row) => row.referral_share))
  return (
    <>
      <ScrollArea label={t('earningsTable')}>
        <table>
          <caption class="visually-hidden">{t('earningsTable')}</caption>
          <thead>
            <tr>
              <th scope="col">{t(headings[groupBy])}</th>
              <th scope="col" class="number">
                {t('callsHead')}
              </th>
              <th scope="col" class="number wide">
                {t('tokensIn')}
              </th>
              <th scope="col" class="number wide">
                {t('tokensOut')}
              </th>
              <th scope="col" class="number wide">
                {t('usersPaid')}
              </th>
              <th scope="col" class="number">
                {t('youEarn')}
              </th>
              <td class="wide" />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row
                key={row.group}
                row={row}
                earnings={earnings}
                part={largest === 0 ? 0 : row.referral_share / largest}
              />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('total')}</th>
              <td class="number">{format.number(total.calls)}</td>
              <td class="number wide">{format.number(total.input_tokens)}</td>
              <td class="number wide">{format.number(total.output_tokens)}</td>
              <td class="number wide">{format.charge(total.charge)}</td>
              <td class="number">{format.charge(total.referral_share)}</td>
              <td class="wide" />
            </tr>
          </tfoot>
        </table>
      </ScrollArea>
      {earnings.has_more && <p class="pad soft">{t('moreGroups')}</p>}
      {total.older_calls > 0 && <p class="pad soft">{t('olderCalls', { count: total.older_calls })}</p>}
    </>
  )
}

function Row({
  row,
  earnings,
  part,
}: {
  readonly row: PartnerEarnings['data'][number]
  readonly earnings: PartnerEarnings
  readonly part: number
}) {
  const { format } = useWords()
  const { href } = useApp()
  const { group_by: groupBy, from, to } = earnings
  // The calls behind a row.
  const filter = groupBy === 'day' ? { from: row.group, to: row.group } : { from, to, [groupBy]: row.group }
  return (
    <tr>
      <th scope="row">
        <a href={href('requests') + queryOf(filter)}>
          {groupBy === 'day' && format.day(row.group)}
          {groupBy === 'model' && row.label}
          {groupBy === 'user' && <UserName id={row.group} />}
        </a>
      </th>
      <td class="number">{format.number(row.calls)}</td>
      <td class="number wide">{format.number(row.input_tokens)}</td>
      <td class="number wide">{format.number(row.output_tokens)}</td>
      <td class="number wide">{format.charge(row.charge)}</td>
      <td class="number" title={format.exact(row.referral_share)}>
        {format.charge(row.referral_share)}
      </td>
      <td class="wide part">
        <svg width="100%" height="6" aria-hidden="true">
          <rect width={`${part * 100}%`} height="6" rx="3" />
        </svg>
      </td>
    </tr>
  )
}
