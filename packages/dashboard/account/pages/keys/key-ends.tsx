import type { AccountKey, AccountKeySecret } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { callApi } from '../../../shared/api/call-api.ts'
import { Button } from '../../../shared/parts/button.tsx'
import { Confirmation } from '../../../shared/parts/confirmation.tsx'
import { Choice } from '../../../shared/parts/field.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useWords } from '../../messages/words-context.ts'

/** How long the old secret goes on working beside the new one. */
const graces = [
  ['0', 'graceNone'],
  ['3600', 'graceHour'],
  ['86400', 'graceDay'],
] as const

/** A new secret for the same key, and its end. */
export function KeyEnds({
  of: key,
  onRevoked,
  onRolled,
}: {
  readonly of: AccountKey
  readonly onRevoked: () => void
  readonly onRolled: (secret: AccountKeySecret) => void
}) {
  const { t } = useWords()
  const say = useNotice()
  const [asked, setAsked] = useState<'roll' | 'revoke' | null>(null)
  const [grace, setGrace] = useState('3600')
  const path = `/v1/account/keys/${key.id}`
  const roll = async () => {
    const body = { grace_seconds: Number(grace) }
    onRolled(await callApi<AccountKeySecret>(`${path}/roll`, { method: 'POST', body }))
  }
  const revoke = async () => {
    await callApi(path, { method: 'DELETE' })
    say(t('keyRevoked'))
    onRevoked()
  }
  return (
    <>
      {key.app === null && (
        <section class="card danger-zone" aria-labelledby="roll">
          <div>
            <h2 id="roll">{t('roll')}</h2>
            <p class="soft">{t('rollLead')}</p>
          </div>
          <Button onPress={() => setAsked('roll')}>{t('roll')}</Button>
        </section>
      )}
      <section class="card danger-zone" aria-labelledby="revoke">
        <div>
          <h2 id="revoke">{t('revoke')}</h2>
          <p class="soft">{t('revokeLead')}</p>
        </div>
        <Button kind="danger" onPress={() => setAsked('revoke')}>
          {t('revoke')}
        </Button>
      </section>
      {asked === 'roll' && (
        <Confirmation
          title={t('roll')}
          text={t('rollLead')}
          confirm={t('roll')}
          onConfirm={roll}
          onClose={() => setAsked(null)}
        >
          <Choice
            label={t('grace')}
            value={grace}
            options={graces.map(([value, label]) => ({ value, label: t(label) }))}
            onChoose={setGrace}
          />
        </Confirmation>
      )}
      {asked === 'revoke' && (
        <Confirmation
          title={t('revokeQuestion')}
          text={t('revokeLead')}
          confirm={t('revoke')}
          onConfirm={revoke}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  )
}
