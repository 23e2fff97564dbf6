import type { AccountApp } from '@opencredits/protocol'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { AppLogo } from '../../shared/parts/app-logo.tsx'
import { Meter } from '../../shared/parts/meter.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../messages/words-context.ts'

/** Who may spend, and how much. */
export function AppsPage() {
  const { t } = useWords()
  const apps = useResource<{ readonly data: readonly AccountApp[] }>('/v1/account/apps')
  return (
    <Page title={t('appsTitle')} lead={t('appsLead')}>
      <Answer of={apps} rows={6}>
        {({ data }) =>
          data.length === 0 ? (
            <section class="card">
              <Empty icon="apps" title={t('appsEmpty')}>
                {t('appsEmptyHint')}
              </Empty>
            </section>
          ) : (
            <ul class="entries">
              {data.map((app) => (
                <AppEntry key={app.id} app={app} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Page>
  )
}

function AppEntry({ app }: { readonly app: AccountApp }) {
  const { t, format } = useWords()
  return (
    <li class="card entry">
      <AppLogo name={app.name} url={app.logo_url} />
      <div class="entry-main">
        <h2>
          <a href={`/account/apps/${app.id}`}>{app.name}</a>
        </h2>
        <p class="soft">
          {app.last_used_at === null ? t('neverUsed') : t('usedAgo', { ago: format.ago(app.last_used_at, Date.now()) })}
          {app.live_keys === 0 && <> · {t('noLiveKeys')}</>}
        </p>
      </div>
      <div class="entry-side">
        {app.budget === null ? (
          <p class="no-limit">
            <strong>{t('noLimit')}</strong> <a href={`/account/apps/${app.id}`}>{t('setLimit')}</a>
          </p>
        ) : (
          <Meter spent={app.spent} budget={app.budget} window={app.window ?? 'total'} />
        )}
      </div>
    </li>
  )
}
