import type { AccountRequest } from '@opencredits/protocol'
import { ModelName } from '../../../shared/parts/model-name.tsx'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { StatusBadge } from '../../../shared/parts/status-badge.tsx'
import { useWords } from '../../messages/words-context.ts'

export function RequestTable({ requests }: { readonly requests: readonly AccountRequest[] }) {
  const { t } = useWords()
  return (
    <ScrollArea label={t('requestsTitle')}>
      <table>
        <caption class="visually-hidden">{t('requestsTitle')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('model')}</th>
            <th scope="col" class="wide">
              {t('app')}
            </th>
            <th scope="col" class="wide">
              {t('key')}
            </th>
            <th scope="col" class="number wide">
              {t('tokensHead')}
            </th>
            <th scope="col" class="wide">
              {t('status')}
            </th>
            <th scope="col" class="number">
              {t('creditsHead')}
            </th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <Row key={request.request_id} request={request} />
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function Row({ request }: { readonly request: AccountRequest }) {
  const { t, format } = useWords()
  const { key } = request
  const keyName = key.name ?? (key.last_four === '' ? '' : `…${key.last_four}`)
  // Old calls are kept as one sum a day: there is no story of one.
  const isSum = request.calls > 1 || key.id === 'older'
  return (
    <tr>
      <th scope="row" class="moment">
        {isSum ? (
          <>
            {format.date(request.created_at)} <small>{t('calls', { count: request.calls })}</small>
          </>
        ) : (
          <a href={`/account/requests/${encodeURIComponent(request.request_id)}`}>
            {format.moment(request.created_at, Date.now())}
          </a>
        )}
      </th>
      <td class="name">
        <ModelName id={request.model} />
      </td>
      <td class="wide">{request.app.name}</td>
      <td class="wide">{isSum ? '–' : keyName}</td>
      <td class="number wide">
        {request.input_tokens === null ? '–' : format.number(request.input_tokens)}
        {' / '}
        {request.output_tokens === null ? '–' : format.number(request.output_tokens)}
      </td>
      <td class="wide">
        <StatusBadge status={request.status} isPassThrough={request.billed_to === 'passthrough'} />
      </td>
      <td class="number">{request.charge === null ? '–' : format.charge(request.charge)}</td>
    </tr>
  )
}
