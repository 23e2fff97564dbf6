import type { AppSettings, PartnerEarnings } from '@opencredits/protocol'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer } from '../../shared/parts/answer.tsx'
import { CopyButton } from '../../shared/parts/copy-button.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useApp } from '../app/app-context.ts'
import { useWords } from '../messages/words-context.ts'
import { EarnedFigures } from './earnings/earned-figures.tsx'

/** How the app stands: its key for pages, and what is set. */
export function OverviewPage() {
  const { t } = useWords()
  const { app, api } = useApp()
  const settings = useResource<AppSettings>(api.path('/v1/partner/app'))
  return (
    <Page title={t('overviewTitle')} lead={app.name}>
      {app.permissions.includes('usage:read') && <Earned />}
      <Answer of={settings} rows={6}>
        {(data) => (
          <>
            <section class="card" aria-labelledby="publishable">
              <h2 id="publishable">{t('publishableKey')}</h2>
              <p class="soft">{t('publishableLead')}</p>
              <div class="secret-line">
                <code>{data.publishable_key}</code>
                <CopyButton text={data.publishable_key} name={t('publishableKey')} />
              </div>
            </section>
            <section class="card" aria-labelledby="set">
              <h2 id="set">{t('checklist')}</h2>
              <Facts settings={data} />
            </section>
          </>
        )}
      </Answer>
    </Page>
  )
}

function Earned() {
  const { format } = useWords()
  const { api } = useApp()
  const asked = { group_by: 'model', time_zone: format.timeZone }
  return <EarnedFigures earnings={useResource<PartnerEarnings>(api.path('/v1/partner/earnings', asked))} />
}

function Facts({ settings }: { readonly settings: AppSettings }) {
  const { t } = useWords()
  const { href } = useApp()
  const { origins, models } = settings
  const facts = [
    [
      t('originsTitle'),
      'origins',
      origins.length === 0
        ? t('noOrigins')
        : `${t('originsCount', { count: origins.length })}${settings.allow_localhost ? ` ${t('localhostToo')}` : ''}`,
    ],
    [t('modelsTitle'), 'models', models === null ? t('allModels') : t('modelsCount', { count: models.length })],
    [
      t('brandingTitle'),
      'branding',
      `${settings.accent_color ?? t('accentUsual')} · ${settings.logo_url === null ? t('noLogo') : t('logo')}`,
    ],
    [t('supportEmail'), 'settings', settings.support_email ?? t('supportNone')],
  ] as const
  return (
    <ul class="lines">
      {facts.map(([title, page, text]) => (
        <li key={title}>
          <div>
            <p>{title}</p>
            <p class="soft">{text}</p>
          </div>
          <a class="button small" href={href(page)}>
            {t('editKey')}
            <span class="visually-hidden"> {title}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}
