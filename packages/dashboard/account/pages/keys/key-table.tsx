import type { AccountKey } from '@opencredits/protocol'
import { Meter } from '../../../shared/parts/meter.tsx'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useWords } from '../../messages/words-context.ts'

export function KeyTable({ keys, caption }: { readonly keys: readonly AccountKey[]; readonly caption: string }) {
  const { t } = useWords()
  return (
    <ScrollArea label={caption}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('key')}</th>
            <th scope="col">{t('spendingLimit')}</th>
            <th scope="col" class="wide">
              {t('lastUse')}
            </th>
            <th scope="col" class="wide">
              {t('created')}
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <Row key={key.id} of={key} />
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function Row({ of: key }: { readonly of: AccountKey }) {
  const { t, format } = useWords()
  const ended = key.status === 'revoked' ? 'keyRevoked' : key.status === 'expired' ? 'keyExpired' : null
  return (
    <tr>
      <th scope="row">
        <a href={`/account/keys/${key.id}`}>{key.name ?? key.app?.name ?? t('unnamedKey')}</a>
        <small class="block">
          <code>oc_sk_…{key.last_four}</code> {ended !== null && t(ended)}
        </small>
      </th>
      <td class="limit-cell">
        {key.budget === null ? (
          <span class="soft">{t('noLimit')}</span>
        ) : (
          <Meter spent={key.spent ?? 0} budget={key.budget} window={key.window ?? 'total'} />
        )}
      </td>
      <td class="wide">
        {key.last_used_at === null ? t('never') : format.ago(key.last_used_at, Date.now())}
        {key.last_used_address !== null && <small class="block">{key.last_used_address}</small>}
      </td>
      <td class="wide">
        {format.date(key.created_at)}
        {key.expires_at !== null && <small class="block">{t('until', { date: format.date(key.expires_at) })}</small>}
      </td>
    </tr>
  )
}
