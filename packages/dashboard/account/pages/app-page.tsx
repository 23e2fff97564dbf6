import type { AccountApp } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { useLocation, useRoute } from 'preact-iso/router'
import { callApi } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Button } from '../../shared/parts/button.tsx'
import { Confirmation } from '../../shared/parts/confirmation.tsx'
import { Meter } from '../../shared/parts/meter.tsx'
import { useNotice } from '../../shared/parts/notices.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../messages/words-context.ts'
import { fieldsOf, type Limits } from '../parts/limit-form.ts'
import { LimitForm } from './limits/limit-form.tsx'

/** One app: what it may spend, and the way to cut it off. */
export function AppPage() {
  const { t } = useWords()
  const { params } = useRoute()
  const apps = useResource<{ readonly data: readonly AccountApp[] }>('/v1/account/apps')
  const app = apps.data?.data.find(({ id }) => id === params.id)
  return (
    <Page title={app?.name ?? t('appTitle')} parent={{ href: '/account/apps', name: t('appsTitle') }}>
      <Answer of={apps} rows={6}>
        {() =>
          app === undefined ? (
            <section class="card">
              <Empty icon="apps" title={t('appUnknown')} />
            </section>
          ) : (
            <AppDetails app={app} onChanged={apps.reload} />
          )
        }
      </Answer>
    </Page>
  )
}

function AppDetails({ app, onChanged }: { readonly app: AccountApp; readonly onChanged: () => void }) {
  const { t, format } = useWords()
  const { route } = useLocation()
  const say = useNotice()
  const [isAsking, setAsking] = useState(false)
  const path = `/v1/account/apps/${app.id}`
  const save = async (limits: Limits) => {
    await callApi(path, { method: 'PATCH', body: limits })
    say(t('limitSaved'))
    onChanged()
  }
  const cutOff = async () => {
    await callApi(path, { method: 'DELETE' })
    say(t('appCutOff', { app: app.name }))
    route('/account/apps')
  }
  return (
    <>
      <section class="card" aria-labelledby="now">
        <h2 id="now">{t('soFar')}</h2>
        {app.budget === null ? (
          <p class="figure">
            {t('credits', { count: app.spent })} <small>{t('noLimit')}</small>
          </p>
        ) : (
          <Meter spent={app.spent} budget={app.budget} window={app.window ?? 'total'} />
        )}
        <p class="soft">
          {t('connectedOn', { date: format.date(app.connected_at) })}
          {app.last_used_at !== null && <> · {t('usedAgo', { ago: format.ago(app.last_used_at, Date.now()) })}</>} ·{' '}
          <a href={`/account/requests?app=${app.id}`}>{t('itsRequests')}</a>
          {app.website !== null && (
            <>
              {' · '}
              <a href={app.website} target="_blank" rel="noreferrer">
                {new URL(app.website).host}
              </a>
            </>
          )}
          {app.support_email !== null && (
            <>
              {' · '}
              {t('appSupport')} <a href={`mailto:${app.support_email}`}>{app.support_email}</a>
            </>
          )}
        </p>
      </section>
      <section class="card" aria-labelledby="limit">
        <h2 id="limit">{t(app.budget === null ? 'setLimit' : 'limitTitle')}</h2>
        <p class="soft">{t('limitLead', { app: app.name })}</p>
        <LimitForm
          initial={{ ...fieldsOf(app), isLimited: true }}
          hasNoLimitNow={app.budget === null}
          submitLabel={t('save')}
          onSubmit={save}
        />
      </section>
      <section class="card danger-zone" aria-labelledby="cut">
        <div>
          <h2 id="cut">{t('cutOffTitle')}</h2>
          <p class="soft">{t('cutOffLead', { app: app.name })}</p>
        </div>
        <Button kind="danger" onPress={() => setAsking(true)}>
          {t('cutOff')}
        </Button>
      </section>
      {isAsking && (
        <Confirmation
          title={t('cutOffQuestion', { app: app.name })}
          text={t('cutOffLead', { app: app.name })}
          confirm={t('cutOff')}
          onConfirm={cutOff}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
