import type { RestrictedKey, RestrictedKeySecret } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { Button } from '../../../shared/parts/button.tsx'
import { Confirmation } from '../../../shared/parts/confirmation.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { GraceChoice } from './grace-choice.tsx'
import { KeyDialog } from './key-dialog.tsx'

/** One restricted key: what it may do, when it was used, and its ends. */
export function KeyLine({
  of: key,
  onChanged,
  onRolled,
}: {
  readonly of: RestrictedKey
  readonly onChanged: () => void
  readonly onRolled: (rolled: RestrictedKeySecret) => void
}) {
  const { t } = useWords()
  const { api, can } = useApp()
  const say = useNotice()
  const [asked, setAsked] = useState<'edit' | 'roll' | 'revoke' | null>(null)
  const [grace, setGrace] = useState('3600')
  const path = `/v1/partner/keys/${key.id}`
  const close = () => setAsked(null)
  return (
    <li class="key-line">
      <KeyFacts of={key} />
      {key.status === 'active' && can('keys:write') && (
        <div class="key-acts">
          <Act name={key.name} label={t('editKey')} onPress={() => setAsked('edit')} />
          <Act name={key.name} label={t('rollKey')} onPress={() => setAsked('roll')} />
          <Act name={key.name} label={t('revokeKey')} onPress={() => setAsked('revoke')} />
        </div>
      )}
      {asked === 'edit' && (
        <KeyDialog
          of={key}
          onClose={close}
          onSaved={() => {
            close()
            say(t('keyChanged'))
            onChanged()
          }}
        />
      )}
      {asked === 'roll' && (
        <Confirmation
          title={t('rollKeyTitle', { name: key.name })}
          text={t('rollKeyLead')}
          confirm={t('rollKey')}
          onConfirm={async () => onRolled(await api.post(`${path}/roll`, { grace_seconds: Number(grace) }))}
          onClose={close}
        >
          <GraceChoice value={grace} onChoose={setGrace} />
        </Confirmation>
      )}
      {asked === 'revoke' && (
        <Confirmation
          title={t('revokeKeyTitle', { name: key.name })}
          text={t('revokeKeyLead')}
          confirm={t('revokeKey')}
          onConfirm={async () => {
            await api.delete(path)
            say(t('keyRevoked'))
            onChanged()
          }}
          onClose={close}
        />
      )}
    </li>
  )
}

function Act({
  name,
  label,
  onPress,
}: {
  readonly name: string
  readonly label: string
  readonly onPress: () => void
}) {
  return (
    <Button onPress={onPress}>
      {label}
      <span class="visually-hidden"> {name}</span>
    </Button>
  )
}

function KeyFacts({ of: key }: { readonly of: RestrictedKey }) {
  const { t, format } = useWords()
  const facts = [
    t('lastFourOf', { lastFour: key.last_four }),
    key.last_used_at === null ? t('neverUsed') : t('usedAgo', { ago: format.ago(key.last_used_at, Date.now()) }),
    t('keyMadeOn', { date: format.date(key.created_at) }),
    ...(key.expires_at === null ? [] : [t('keyEnds', { date: format.date(key.expires_at) })]),
    ...(key.previous_secret_until === null
      ? []
      : [t('oldSecretUntil', { until: format.moment(key.previous_secret_until, Date.now()) })]),
  ]
  return (
    <div>
      <p>
        {key.name}{' '}
        {key.status !== 'active' && (
          <span class="tag">{t(key.status === 'revoked' ? 'keyStatusRevoked' : 'keyStatusExpired')}</span>
        )}
      </p>
      <p class="scopes">
        {key.scopes.map((scope) => (
          <code key={scope}>{scope}</code>
        ))}
      </p>
      <p class="soft">{facts.join(' · ')}</p>
    </div>
  )
}
