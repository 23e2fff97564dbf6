import { useLocation } from 'preact-iso/router'
import { Icon, type IconName } from '../../shared/parts/icons.tsx'
import { Side } from '../../shared/parts/side.tsx'
import { type MessageKey, useWords } from '../messages/words-context.ts'

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

export function Navigation({ email }: { readonly email: string }) {
  const { t } = useWords()
  const { path } = useLocation()
  return (
    <Side home="/account" label={t('accountTitle')} email={email}>
      {pages.map(([icon, href, title]) => (
        <a key={href} href={href} aria-current={isCurrent(path, href) ? 'page' : undefined}>
          <Icon name={icon} />
          {t(title)}
        </a>
      ))}
    </Side>
  )
}

function isCurrent(path: string, href: string): boolean {
  return href === '/account' ? path === href : path === href || path.startsWith(`${href}/`)
}
