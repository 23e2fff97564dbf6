import type { PartnerPermission } from '@opencredits/protocol'
import type { FunctionComponent } from 'preact'
import type { IconName } from '../shared/parts/icons.tsx'
import type { AppPageProps } from './app/app-page-props.ts'
import type { TitleKey } from './messages/words-context.ts'

export type NavigationGroup = 'groupStart' | 'groupFigures' | 'groupDevelopers' | 'groupApp'

/** A page of an app, in both of its worlds. It is loaded when it is opened. */
export interface AppPage {
  /** One segment of the address; the overview has none. */
  readonly path: string
  readonly title: TitleKey
  readonly icon: IconName
  readonly group: NavigationGroup
  /** Members without it do not see the page in the navigation, and the server refuses them. */
  readonly permission: PartnerPermission
  readonly load: () => Promise<FunctionComponent<AppPageProps>>
}

/** The pages of an app. The navigation has them in this order, under the headings of their groups. */
export const appPages: readonly AppPage[] = [
  {
    path: '',
    title: 'overviewTitle',
    icon: 'overview',
    group: 'groupStart',
    permission: 'app:read',
    load: () => import('./pages/overview-page.tsx').then((module) => module.OverviewPage),
  },
  {
    path: 'setup',
    title: 'setupTitle',
    icon: 'guide',
    group: 'groupStart',
    permission: 'app:read',
    load: () => import('./pages/setup-page.tsx').then((module) => module.SetupPage),
  },
  {
    path: 'earnings',
    title: 'earningsTitle',
    icon: 'earnings',
    group: 'groupFigures',
    permission: 'usage:read',
    load: () => import('./pages/earnings-page.tsx').then((module) => module.EarningsPage),
  },
  {
    path: 'requests',
    title: 'requestsTitle',
    icon: 'requests',
    group: 'groupFigures',
    permission: 'usage:read',
    load: () => import('./pages/requests-page.tsx').then((module) => module.RequestsPage),
  },
  {
    path: 'users',
    title: 'usersTitle',
    icon: 'members',
    group: 'groupFigures',
    permission: 'usage:read',
    load: () => import('./pages/users-page.tsx').then((module) => module.UsersPage),
  },
  {
    path: 'webhooks',
    title: 'webhooksTitle',
    icon: 'webhooks',
    group: 'groupDevelopers',
    permission: 'webhooks:write',
    load: () => import('./pages/webhooks-page.tsx').then((module) => module.WebhooksPage),
  },
  {
    path: 'keys',
    title: 'keysTitle',
    icon: 'keys',
    group: 'groupDevelopers',
    permission: 'keys:write',
    load: () => import('./pages/keys-page.tsx').then((module) => module.KeysPage),
  },
  {
    path: 'settings',
    title: 'settingsTitle',
    icon: 'settings',
    group: 'groupApp',
    permission: 'app:read',
    load: () => import('./pages/settings-page.tsx').then((module) => module.SettingsPage),
  },
  {
    path: 'origins',
    title: 'originsTitle',
    icon: 'origins',
    group: 'groupApp',
    permission: 'app:read',
    load: () => import('./pages/origins-page.tsx').then((module) => module.OriginsPage),
  },
  {
    path: 'models',
    title: 'modelsTitle',
    icon: 'models',
    group: 'groupApp',
    permission: 'app:read',
    load: () => import('./pages/models-page.tsx').then((module) => module.ModelsPage),
  },
  {
    path: 'branding',
    title: 'brandingTitle',
    icon: 'branding',
    group: 'groupApp',
    permission: 'app:read',
    load: () => import('./pages/branding-page.tsx').then((module) => module.BrandingPage),
  },
  {
    path: 'members',
    title: 'membersTitle',
    icon: 'members',
    group: 'groupApp',
    permission: 'app:read',
    load: () => import('./pages/members-page.tsx').then((module) => module.MembersPage),
  },
  {
    path: 'log',
    title: 'logTitle',
    icon: 'requests',
    group: 'groupApp',
    permission: 'members:write',
    load: () => import('./pages/log-page.tsx').then((module) => module.LogPage),
  },
]

export const navigationGroups: readonly NavigationGroup[] = [
  'groupStart',
  'groupFigures',
  'groupDevelopers',
  'groupApp',
]

/** A page of the console that is about no app; its address is whole, and no app is chosen there. */
export interface LonePage {
  readonly path: string
  readonly load: () => Promise<FunctionComponent>
}

export const lonePages: readonly LonePage[] = [
  { path: '/partner', load: () => import('./pages/apps-page.tsx').then((module) => module.AppsPage) },
  { path: '/partner/new', load: () => import('./pages/apply-page.tsx').then((module) => module.ApplyPage) },
  {
    path: '/partner/invitations',
    load: () => import('./pages/invitation-page.tsx').then((module) => module.InvitationPage),
  },
]

/** The page that an address's segments name, and what follows; null where there is none. */
export function findPage(
  segments: readonly string[],
): { readonly page: AppPage; readonly rest: readonly string[] } | null {
  const [first = '', ...rest] = segments
  const page = appPages.find(({ path }) => path === first)
  return page === undefined ? null : { page, rest }
}
