import type { AccountKey, AccountKeySecret } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { callApi } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Meter } from '../../shared/parts/meter.tsx'
import { useNotice } from '../../shared/parts/notices.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../messages/words-context.ts'
import { fieldsOf, type Limits } from '../parts/limit-form.ts'
import { KeyEnds } from './keys/key-ends.tsx'
import { KeyName } from './keys/key-name.tsx'
import { SecretCard } from './keys/secret-card.tsx'
import { LimitForm } from './limits/limit-form.tsx'

export function KeyPage() {
  const { t } = useWords()
  const { params } = useRoute()
  const [rolled, setRolled] = useState<AccountKeySecret | null>(null)
  const keys = useResource<{ readonly data: readonly AccountKey[] }>('/v1/account/keys')
  const key = keys.data?.data.find(({ id }) => id === params.id)
  return (
    <Page
      title={key?.name ?? key?.app?.name ?? t('keyTitle')}
      parent={{ href: '/account/keys', name: t('keysTitle') }}
      lead={key !== undefined && <code>oc_sk_…{key.last_four}</code>}
    >
      {rolled !== null && <SecretCard secret={rolled.key} />}
      <Answer of={keys} rows={6}>
        {() =>
          key === undefined ? (
            <section class="card">
              <Empty icon="keys" title={t('keyUnknown')} />
            </section>
          ) : (
            <KeyDetails
              of={key}
              onChanged={keys.reload}
              onRolled={(secret) => {
                setRolled(secret)
                keys.reload()
              }}
            />
          )
        }
      </Answer>
    </Page>
  )
}

function KeyDetails({
  of: key,
  onChanged,
  onRolled,
}: {
  readonly of: AccountKey
  readonly onChanged: () => void
  readonly onRolled: (secret: AccountKeySecret) => void
}) {
  const { t, format } = useWords()
  const say = useNotice()
  const isPersonal = key.app === null
  const isActive = key.status === 'active'
  const save = async (limits: Limits) => {
    await callApi(`/v1/account/keys/${key.id}`, { method: 'PATCH', body: limits })
    say(t('limitSaved'))
    onChanged()
  }
  return (
    <>
      <section class="card" aria-labelledby="now">
        <h2 id="now">{t('soFar')}</h2>
        {key.budget === null ? (
          <p>{t('noLimit')}</p>
        ) : (
          <Meter spent={key.spent ?? 0} budget={key.budget} window={key.window ?? 'total'} />
        )}
        <p class="soft">
          {isActive ? '' : `${t(key.status === 'revoked' ? 'keyRevoked' : 'keyExpired')} · `}
          {t('createdOn', { date: format.date(key.created_at) })} ·{' '}
          {key.last_used_at === null ? t('neverUsed') : t('usedAgo', { ago: format.ago(key.last_used_at, Date.now()) })}{' '}
          · <a href={`/account/requests?key=${key.id}`}>{t('itsRequests')}</a>
        </p>
      </section>
      {isActive && isPersonal && (
        <>
          <KeyName of={key} onChanged={onChanged} />
          <section class="card" aria-labelledby="limit">
            <h2 id="limit">{t('limitTitle')}</h2>
            <LimitForm initial={fieldsOf(key)} submitLabel={t('save')} onSubmit={save} />
          </section>
        </>
      )}
      {key.app !== null && (
        <section class="card">
          <p>
            {t('appKeyNote', { app: key.app.name })} <a href={`/account/apps/${key.app.id}`}>{t('changeLimit')}</a>
          </p>
        </section>
      )}
      {isActive && <KeyEnds of={key} onRevoked={onChanged} onRolled={onRolled} />}
    </>
  )
}
