import type { AccountKeySecret } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { callApi } from '../../shared/api/call-api.ts'
import { Field } from '../../shared/parts/field.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../messages/words-context.ts'
import { defaultLimits, type Limits } from '../parts/limit-form.ts'
import { SecretCard } from './keys/secret-card.tsx'
import { LimitForm } from './limits/limit-form.tsx'

/** Makes a key for Claude Code, a script or an SDK. Its secret is in this page's memory and nowhere else. */
export function NewKeyPage() {
  const { t } = useWords()
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [made, setMade] = useState<AccountKeySecret | null>(null)
  const create = async (limits: Limits) => {
    if (name.trim() === '') return setProblem(t('nameInvalid'))
    setProblem(null)
    setMade(
      await callApi<AccountKeySecret>('/v1/account/keys', { method: 'POST', body: { name: name.trim(), ...limits } }),
    )
  }
  const parent = { href: '/account/keys', name: t('keysTitle') }
  if (made !== null)
    return (
      <Page key="made" title={t('keyMade')} parent={parent}>
        <SecretCard secret={made.key} />
        <p>
          <a class="button" href="/account/keys">
            {t('done')}
          </a>
        </p>
      </Page>
    )
  return (
    <Page key="form" title={t('createKey')} parent={parent} lead={t('createKeyLead')}>
      <section class="card">
        <LimitForm initial={defaultLimits} submitLabel={t('createKey')} onSubmit={create}>
          <Field
            label={t('keyName')}
            hint={t('keyNameHint')}
            maxLength={100}
            autoComplete="off"
            value={name}
            problem={problem}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </LimitForm>
      </section>
    </Page>
  )
}
