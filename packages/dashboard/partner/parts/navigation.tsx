import { useLocation } from 'preact-iso/router'
import { Icon } from '../../shared/parts/icons.tsx'
import { Side } from '../../shared/parts/side.tsx'
import type { AppPlace } from '../app/app-context.ts'
import { readPlace } from '../app/place.ts'
import { useWords } from '../messages/words-context.ts'
import { appPages, navigationGroups } from '../pages.ts'

/** The pages of the app that the member may open, under headings; without an app, the way to the list of them. */
export function Navigation({ email, place }: { readonly email: string; readonly place: AppPlace | null }) {
  const { t } = useWords()
  const { path } = useLocation()
  const [current = ''] = readPlace(path)?.segments ?? []
  return (
    <Side home="/partner" label={t('consoleTitle')} email={email}>
      {place === null && (
        <a href="/partner" aria-current={path === '/partner' ? 'page' : undefined}>
          <Icon name="apps" />
          {t('appsTitle')}
        </a>
      )}
      {place !== null &&
        navigationGroups.map((group) => {
          const pages = appPages.filter(
            (page) => page.group === group && place.app.permissions.includes(page.permission),
          )
          if (pages.length === 0) return null
          return (
            <section key={group} aria-labelledby={group}>
              <h2 id={group}>{t(group)}</h2>
              {pages.map((page) => (
                <a
                  key={page.path}
                  href={place.href(page.path)}
                  aria-current={page.path === current ? 'page' : undefined}
                >
                  <Icon name={page.icon} />
                  {t(page.title)}
                </a>
              ))}
            </section>
          )
        })}
    </Side>
  )
}
