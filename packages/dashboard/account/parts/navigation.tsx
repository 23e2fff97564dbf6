import { useContext, useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { callApi } from '../api/call-api.ts'
import type { MessageKey } from '../messages/translate.ts'
import { useWords } from '../messages/words-context.ts'
import { SessionContext } from '../session/session-context.ts'
import { useAct } from '../session/use-act.ts'
import { Brand } from './brand.tsx'
import { explainFailure } from './explain-failure.ts'
import { Icon, type IconName } from './icons.tsx'

const pages = [
  ['overview', '/account', 'overviewTitle'],
  ['usage', '/account/usage', 'usageTitle'],
  ['requests', '/account/requests', 'requestsTitle'],
  ['purchases', '/account/purchases', 'purchasesTitle'],
  ['apps', '/account/apps', 'appsTitle'],
  ['keys', '/account/keys', 'keysTitle'],
  ['files', '/account/files', 'filesAndBatches'],
  ['settings', '/account/settings', 'settingsTitle'],
] as const satisfies readonly (readonly [IconName, string, MessageKey])[]

/** Beside the page where there is room, else behind a button. */
export function Navigation({ email }: { readonly email: string }) {
  const { t } = useWords()
  const { path, url } = useLocation()
  const menu = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (menu.current?.matches(':popover-open') ?? false) menu.current?.hidePopover()
  }, [url])
  return (
    <header class="side">
      <a class="skip" href="#main">
        {t('skipToContent')}
      </a>
      <Brand />
      <button type="button" class="icon-button menu-button" popovertarget="menu" aria-label={t('menu')}>
        <Icon name="menu" />
      </button>
      <div id="menu" ref={menu} popover="auto" class="menu">
        <nav aria-label={t('accountTitle')}>
          {pages.map(([icon, href, title]) => (
            <a key={href} href={href} aria-current={isCurrent(path, href) ? 'page' : undefined}>
              <Icon name={icon} />
              {t(title)}
            </a>
          ))}
        </nav>
        <Who email={email} />
      </div>
    </header>
  )
}

function Who({ email }: { readonly email: string }) {
  const { t } = useWords()
  const { leave } = useContext(SessionContext)
  const act = useAct()
  const signOut = () =>
    act.run(async () => {
      await callApi('/v1/session', { method: 'DELETE' })
      leave('left')
    })
  return (
    <div class="who">
      <span class="email" title={email}>
        {email}
      </span>
      <button type="button" class="link" onClick={() => void signOut()}>
        {t('signOut')}
      </button>
      {act.failure !== null && (
        <p class="problem" role="alert">
          {explainFailure(act.failure, t)}
        </p>
      )}
    </div>
  )
}

function isCurrent(path: string, href: string): boolean {
  return href === '/account' ? path === href : path === href || path.startsWith(`${href}/`)
}
