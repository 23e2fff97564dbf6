import type { MemberApp } from '@opencredits/protocol'
import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { AppLogo } from '../../shared/parts/app-logo.tsx'
import { Icon } from '../../shared/parts/icons.tsx'
import { useWords } from '../messages/words-context.ts'
import { useApp } from './app-context.ts'
import { hrefOf, type Place } from './place.ts'

/** Which app one works on, and in which of its worlds. */
export function AppBar({ apps, place }: { readonly apps: readonly MemberApp[]; readonly place: Place }) {
  return (
    <div class="app-bar">
      <AppSwitcher apps={apps} place={place} />
      <WorldSwitch place={place} />
    </div>
  )
}

function AppSwitcher({ apps, place }: { readonly apps: readonly MemberApp[]; readonly place: Place }) {
  const { t } = useWords()
  const { app } = useApp()
  const { url } = useLocation()
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (list.current?.matches(':popover-open') ?? false) list.current?.hidePopover()
  }, [url])
  // Of the page, only its first segment: what follows is an object of the app that one leaves.
  const [page = ''] = place.segments
  return (
    <>
      <button type="button" class="app-switcher" popovertarget="apps">
        <span class="visually-hidden">{t('chooseApp')}</span>
        <AppLogo key={app.logo_url} name={app.name} url={app.logo_url} />
        <span class="app-name">{app.name}</span>
        <Icon name="switcher" />
      </button>
      <div id="apps" ref={list} popover="auto" class="app-list">
        <nav aria-label={t('appsTitle')}>
          {apps.map((one) => (
            <a
              key={one.id}
              href={hrefOf({ appId: one.id, livemode: place.livemode }, page)}
              aria-current={one.id === app.id ? 'true' : undefined}
            >
              <AppLogo key={one.logo_url} name={one.name} url={one.logo_url} />
              <span class="app-name">{one.name}</span>
              {one.id === app.id && <Icon name="check" />}
            </a>
          ))}
          <a href="/partner" class="all-apps">
            {t('allApps')}
          </a>
        </nav>
      </div>
    </>
  )
}

/** Two links, so that each world has its address and the switch keeps the page. */
function WorldSwitch({ place }: { readonly place: Place }) {
  const { t } = useWords()
  const [page = ''] = place.segments
  return (
    <nav class="world-switch" aria-label={t('world')}>
      {[true, false].map((livemode) => (
        <a
          key={livemode}
          href={hrefOf({ appId: place.appId, livemode }, page)}
          aria-current={livemode === place.livemode ? 'true' : undefined}
        >
          {t(livemode ? 'live' : 'test')}
        </a>
      ))}
    </nav>
  )
}
