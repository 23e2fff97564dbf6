import type { AccountBatch } from '@opencredits/protocol'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useWords } from '../../messages/words-context.ts'

const statusWords = {
  running: ['batchRunning', 'busy'],
  canceling: ['batchCanceling', 'busy'],
  settling: ['batchSettling', 'busy'],
  ended: ['batchEnded', 'good'],
  unreachable: ['batchUnreachable', 'bad'],
} as const

const counts = [
  ['succeeded', 'batchAnswered'],
  ['errored', 'batchFailed'],
  ['canceled', 'batchCanceled'],
  ['expired', 'batchExpired'],
] as const

export function BatchTable({
  batches,
  onCancel,
}: {
  readonly batches: readonly AccountBatch[]
  readonly onCancel: (batch: AccountBatch) => void
}) {
  const { t } = useWords()
  return (
    <ScrollArea label={t('batchesTitle')}>
      <table>
        <caption class="visually-hidden">{t('batchesTitle')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('batchMade')}</th>
            <th scope="col" class="wide">
              {t('app')}
            </th>
            <th scope="col">{t('callsHead')}</th>
            <th scope="col" class="number">
              {t('costSoFar')}
            </th>
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <Row key={batch.id} batch={batch} onCancel={onCancel} />
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function Row({ batch, onCancel }: { readonly batch: AccountBatch; readonly onCancel: (batch: AccountBatch) => void }) {
  const { t, format } = useWords()
  const made = format.moment(batch.created_at, Date.now())
  const [word, kind] = statusWords[batch.status]
  const told = counts.filter(([name]) => batch[name] > 0).map(([name, key]) => t(key, { count: batch[name] }))
  return (
    <tr>
      <th scope="row">
        {made}
        <span class="status-line">
          <span class={`tag ${kind}`}>{t(word)}</span>
          {batch.status === 'running' && (
            <button type="button" class="button small" onClick={() => onCancel(batch)}>
              {t('cancelBatch')}
              <span class="visually-hidden"> {made}</span>
            </button>
          )}
        </span>
      </th>
      <td class="wide address">{batch.app.name}</td>
      <td>
        {format.number(batch.requests)}
        {told.length > 0 && <small class="block">{told.join(' · ')}</small>}
      </td>
      <td class="number">
        {format.charge(batch.charge)}
        {batch.held > 0 && <small class="block">{t('batchHeld', { credits: format.credits(batch.held) })}</small>}
      </td>
    </tr>
  )
}
