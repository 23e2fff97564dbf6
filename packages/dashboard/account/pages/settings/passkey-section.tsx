import { useContext, useState } from 'preact/hooks'
import { callApi } from '../../../shared/api/call-api.ts'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer } from '../../../shared/parts/answer.tsx'
import { Button } from '../../../shared/parts/button.tsx'
import { Confirmation } from '../../../shared/parts/confirmation.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Icon } from '../../../shared/parts/icons.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { addPasskey, canUsePasskeys, PasskeyNotUsed } from '../../../shared/session/passkey.ts'
import { PasskeyAlert } from '../../../shared/session/passkey-alert.tsx'
import { PasskeyButton } from '../../../shared/session/passkey-button.tsx'
import { SessionContext } from '../../../shared/session/session-context.ts'
import { useAct } from '../../../shared/session/use-act.ts'
import { useWords } from '../../messages/words-context.ts'

interface Passkey {
  readonly id: string
  readonly name: string
  readonly created_at: number
  readonly last_used_at: number | null
}

export function PasskeySection() {
  const { t, format } = useWords()
  const say = useNotice()
  const { enter } = useContext(SessionContext)
  const act = useAct()
  const [wasNotUsed, setNotUsed] = useState(false)
  const [removed, setRemoved] = useState<Passkey | null>(null)
  const passkeys = useResource<{ readonly data: readonly Passkey[] }>('/v1/session/passkeys')
  const add = async () => {
    setNotUsed(false)
    const name = t('passkeyNamed', { date: format.date(Date.now() / 1000) })
    let isNotUsed = false
    const isDone = await act.run(() =>
      addPasskey(name).catch((error: unknown) => {
        if (!(error instanceof PasskeyNotUsed)) throw error
        isNotUsed = true
      }),
    )
    setNotUsed(isNotUsed)
    if (!isDone || isNotUsed) return
    say(t('passkeyAdded'))
    passkeys.reload()
  }
  const remove = async (passkey: Passkey) => {
    await callApi(`/v1/session/passkeys/${encodeURIComponent(passkey.id)}`, { method: 'DELETE' })
    say(t('passkeyRemoved'))
    passkeys.reload()
  }
  return (
    <section class="card" aria-labelledby="passkeys">
      <h2 id="passkeys">{t('passkeys')}</h2>
      <p class="soft">{t('passkeysLead')}</p>
      <Answer of={passkeys} rows={2}>
        {({ data }) => (
          <>
            <PasskeyAlert>{data.length > 0 && <PasskeyButton onSignedIn={enter} />}</PasskeyAlert>
            <ul class="lines">
              {data.map((passkey) => (
                <li key={passkey.id}>
                  <Icon name="passkey" />
                  <div>
                    <p>{passkey.name}</p>
                    <p class="soft">
                      {passkey.last_used_at === null
                        ? t('neverUsed')
                        : t('usedAgo', { ago: format.ago(passkey.last_used_at, Date.now()) })}
                    </p>
                  </div>
                  <Button onPress={() => setRemoved(passkey)}>{t('remove')}</Button>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answer>
      {canUsePasskeys() ? (
        <div>
          <Button isBusy={act.isBusy} onPress={() => void add()}>
            {t('passkeyAdd')}
          </Button>
        </div>
      ) : (
        <p class="hint">{t('passkeyUnknown')}</p>
      )}
      <p class="problem" role="alert">
        {wasNotUsed ? t('passkeyNotMade') : act.failure === null ? '' : explainFailure(act.failure, t)}
      </p>
      {removed !== null && (
        <Confirmation
          title={t('passkeyRemoveQuestion')}
          text={t('passkeyRemoveLead', { name: removed.name })}
          confirm={t('remove')}
          onConfirm={() => remove(removed)}
          onClose={() => setRemoved(null)}
        />
      )}
    </section>
  )
}
