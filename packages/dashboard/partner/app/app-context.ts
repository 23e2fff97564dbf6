import type { MemberApp, MemberRole, PartnerPermission } from '@opencredits/protocol'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { PartnerApi } from './partner-api.ts'

/** The app and world that a page is about. */
export interface AppPlace {
  readonly app: MemberApp
  readonly livemode: boolean
  readonly role: MemberRole
  /** Whether the member may do this here: by role, and for changes only while the app is approved. */
  can(permission: PartnerPermission): boolean
  /** The API, with the app and its world named in every call. */
  readonly api: PartnerApi
  /** The address of another page of this app in this world, such as `keys`. */
  href(page: string): string
  /** Reads the list of apps again: after a change of the name or the logo. */
  reload(): void
}

export const AppContext = createContext<AppPlace | null>(null)

/** For the pages of an app; the others have none. */
export function useApp(): AppPlace {
  const place = useContext(AppContext)
  if (place === null) throw new Error('useApp() is for pages of an app: register the page in appPages of pages.ts.')
  return place
}
