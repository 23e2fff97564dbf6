import { type PartnerScope, type RestrictedKey, type RestrictedKeySecret, scopesOfRole } from '@opencredits/protocol'
import { useId, useState } from 'preact/hooks'
import { Button } from '../../../shared/parts/button.tsx'
import { Dialog } from '../../../shared/parts/dialog.tsx'
import { Choice, Field } from '../../../shared/parts/field.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { explainRefusal } from '../../parts/explain-refusal.ts'

const scopeWords = {
  'usage:read': 'scopeUsage',
  'app:write': 'scopeApp',
  'webhooks:write': 'scopeWebhooks',
  'payouts:read': 'scopePayouts',
} as const satisfies Readonly<Record<PartnerScope, string>>

const ends = [
  ['', 'expiresNever'],
  ['30', 'expires30'],
  ['90', 'expires90'],
  ['365', 'expires365'],
] as const

/** Makes a key, or changes the name and the scopes of one. What nobody should do unseen asks for a new code in place. */
export function KeyDialog({
  of: key,
  onClose,
  onSaved,
}: {
  readonly of?: RestrictedKey
  readonly onClose: () => void
  readonly onSaved: (key: RestrictedKey | RestrictedKeySecret) => void
}) {
  const { t } = useWords()
  const { api, role } = useApp()
  const id = useId()
  const act = useAct()
  const [name, setName] = useState(key?.name ?? '')
  const [scopes, setScopes] = useState<readonly PartnerScope[]>(key?.scopes ?? ['usage:read'])
  const [days, setDays] = useState('')
  const [isTried, setTried] = useState(false)
  const isNamed = name.trim() !== '' && name.trim().length <= 100
  const save = async () => {
    setTried(true)
    if (!isNamed || scopes.length === 0) return
    const isSame = key !== undefined && scopes.toSorted().join() === key.scopes.toSorted().join()
    await act.run(async () => {
      if (key === undefined) {
        const expires_at = days === '' ? null : Math.floor(Date.now() / 1000) + Number(days) * 86_400
        onSaved(await api.post<RestrictedKeySecret>('/v1/partner/keys', { name, scopes, expires_at }))
      } else {
        onSaved(await api.patch<RestrictedKey>(`/v1/partner/keys/${key.id}`, isSame ? { name } : { name, scopes }))
      }
    })
  }
  return (
    <Dialog title={t(key === undefined ? 'makeKey' : 'editKey')} onClose={onClose}>
      <form
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Field
          label={t('keyName')}
          hint={t('keyNameHint')}
          autoComplete="off"
          value={name}
          problem={isTried && !isNamed ? t('keyNameInvalid') : null}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <fieldset aria-describedby={`${id}-problem`}>
          <legend>{t('keyScopes')}</legend>
          {scopesOfRole(role).map((scope) => (
            <label key={scope} class="radio">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(event.currentTarget.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
                }
              />
              <span>
                {t(scopeWords[scope])} <small class="block">{scope}</small>
              </span>
            </label>
          ))}
          <p id={`${id}-problem`} class="problem" role="alert">
            {isTried && scopes.length === 0 && t('scopesInvalid')}
          </p>
        </fieldset>
        {key === undefined && (
          <Choice
            label={t('keyExpires')}
            value={days}
            options={ends.map(([value, label]) => ({ value, label: t(label) }))}
            onChoose={setDays}
          />
        )}
        <p class="problem" role="alert">
          {act.failure !== null && explainRefusal(act.failure, t)}
        </p>
        <div class="buttons">
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="primary" isSubmit isBusy={act.isBusy}>
            {t(key === undefined ? 'makeKey' : 'save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
