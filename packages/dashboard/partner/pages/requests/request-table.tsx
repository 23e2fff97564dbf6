import type { PartnerRequest } from '@opencredits/protocol'
import { queryOf } from '../../../shared/api/call-api.ts'
import { ModelName } from '../../../shared/parts/model-name.tsx'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { StatusBadge } from '../../../shared/parts/status-badge.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { UserName } from '../../parts/user-name.tsx'

export function RequestTable({ requests }: { readonly requests: readonly PartnerRequest[] }) {
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
              {t('user')}
            </th>
            <th scope="col" class="number wide">
              {t('tokensHead')}
            </th>
            <th scope="col" class="wide">
              {t('status')}
            </th>
            <th scope="col" class="number wide">
              {t('usersPaid')}
            </th>
            <th scope="col" class="number">
              {t('youEarn')}
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

/** Calls that are kept as one sum a day have no story of their own. */
const isSingle = (id: string) => id.startsWith('req_')

function Row({ request }: { readonly request: PartnerRequest }) {
  const { t, format } = useWords()
  const { href } = useApp()
  const atSeconds = request.ended_at ?? request.created_at
  return (
    <tr>
      <th scope="row" class="moment">
        {isSingle(request.request_id) ? (
          <a href={href(`requests/${encodeURIComponent(request.request_id)}`)}>
            {format.moment(atSeconds, Date.now())}
          </a>
        ) : (
          <>
            {format.date(atSeconds)} <small>{t('calls', { count: request.calls })}</small>
          </>
        )}
      </th>
      <td class="name">
        <ModelName id={request.model} />
      </td>
      <td class="wide">
        <a href={href('requests') + queryOf({ user: request.user })}>
          <UserName id={request.user} />
        </a>
      </td>
      <td class="number wide">
        {request.input_tokens === null ? '–' : format.number(request.input_tokens)}
        {' / '}
        {request.output_tokens === null ? '–' : format.number(request.output_tokens)}
      </td>
      <td class="wide">
        <StatusBadge status={request.status} isPassThrough={request.billed_to === 'passthrough'} />
      </td>
      <td class="number wide">{request.charge === null ? '–' : format.charge(request.charge)}</td>
      <td class="number">{request.referral_share === null ? '–' : format.charge(request.referral_share)}</td>
    </tr>
  )
}
