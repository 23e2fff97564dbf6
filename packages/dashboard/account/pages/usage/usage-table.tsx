import type { AccountUsage, UsageGrouping } from '@opencredits/protocol'
import { queryOf } from '../../../shared/api/call-api.ts'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useWords } from '../../messages/words-context.ts'

const headings = { day: 'day', model: 'model', app: 'app', key: 'key' } as const

/** The figures, each group with a bar for its part of the whole. Days are newest first, and only those with calls. */
export function UsageTable({ usage, groupBy }: { readonly usage: AccountUsage; readonly groupBy: UsageGrouping }) {
  const { t, format } = useWords()
  const used = usage.data.filter(({ calls }) => calls > 0)
  const rows = groupBy === 'day' ? used.toSorted((a, b) => (a.group < b.group ? 1 : -1)) : used
  const largest = Math.max(0, ...rows.map(({ charge }) => charge))
  return (
    <ScrollArea label={t('usageTable')}>
      <table>
        <caption class="visually-hidden">{t('usageTable')}</caption>
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
            <th scope="col" class="number">
              {t('creditsHead')}
            </th>
            <td class="wide" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.group}>
              <th scope="row">
                <a href={`/account/requests${queryOf(filterOf(groupBy, row.group, usage))}`}>
                  {groupBy === 'day' ? format.day(row.group) : row.label}
                </a>
              </th>
              <td class="number">{format.number(row.calls)}</td>
              <td class="number wide">{format.number(row.input_tokens)}</td>
              <td class="number wide">{format.number(row.output_tokens)}</td>
              <td class="number">{format.charge(row.charge)}</td>
              <td class="wide part">
                <svg width="100%" height="6" aria-hidden="true">
                  <rect width={`${largest === 0 ? 0 : (row.charge / largest) * 100}%`} height="6" rx="3" />
                </svg>
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('total')}</th>
            <td class="number">{format.number(usage.total.calls)}</td>
            <td class="wide" />
            <td class="wide" />
            <td class="number">{format.charge(usage.total.charge)}</td>
            <td class="wide" />
          </tr>
        </tfoot>
      </table>
    </ScrollArea>
  )
}

/** The calls behind a row. */
function filterOf(groupBy: UsageGrouping, group: string, { from, to }: AccountUsage): Record<string, string> {
  return groupBy === 'day' ? { from: group, to: group } : { from, to, [groupBy]: group }
}
