/** @jsxImportSource react */
import { createContext, type ReactNode, type RefObject, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { OpenCreditsApi, OpenCreditsOptions } from '../index.ts'
import { listen, together } from './listen.ts'
import {
  type Account,
  initialise,
  logout,
  openCheckout,
  paidFetch,
  readAccount,
  readServerAccount,
  subscribe,
} from './page-account.ts'

/** Those of `OpenCredits.init`. Callbacks may be written inline: the newest ones are called. */
export interface OpenCreditsProviderProps extends OpenCreditsOptions {
  readonly children?: ReactNode
}

/** What `useOpenCredits` gives. The functions stay the same ones from render to render. */
export interface UseOpenCredits extends Account, Pick<OpenCreditsApi, 'open' | 'logout' | 'fetch'> {}

export const OpenCreditsContext = createContext<(UseOpenCredits & { readonly locale: string | undefined }) | null>(null)

/** Put it around the app once. It initialises the SDK, in the browser only, and renders nothing of its own. */
export function OpenCreditsProvider({ children, ...options }: OpenCreditsProviderProps) {
  const newest = useRef<OpenCreditsOptions>(options)
  useEffect(() => {
    newest.current = options
  })
  useEffect(() => listenForApp(newest), [])
  useEffect(() => initialise(settingsOf(options)))
  // After `initialise`, so that its subscription finds an SDK that knows the key.
  const account = useSyncExternalStore(subscribe, readAccount, readServerAccount)
  const { locale } = options
  const value = useMemo(() => ({ ...account, locale, open: openCheckout, logout, fetch: paidFetch }), [account, locale])
  return <OpenCreditsContext.Provider value={value}>{children}</OpenCreditsContext.Provider>
}

/** Without the callbacks, which would make every render's options new ones. */
function settingsOf({
  onPurchaseCompleted,
  onLoginCompleted,
  onCheckoutOpened,
  onPurchaseError,
  onError,
  onComplete,
  onLoggedOut,
  onBalance,
  ...settings
}: OpenCreditsOptions): OpenCreditsOptions {
  return settings
}

function listenForApp(newest: RefObject<OpenCreditsOptions>): () => void {
  return together([
    listen('purchaseCompleted', (purchase) => newest.current.onPurchaseCompleted?.(purchase)),
    listen('loginCompleted', (login) => newest.current.onLoginCompleted?.(login)),
    listen('checkoutOpened', (checkout) => newest.current.onCheckoutOpened?.(checkout)),
    listen('purchaseError', (failure) => newest.current.onPurchaseError?.(failure)),
    listen('error', (failure) => newest.current.onError?.(failure)),
    listen('complete', (purchase) => newest.current.onComplete?.(purchase)),
    listen('loggedOut', () => newest.current.onLoggedOut?.()),
    listen('balance', (change) => newest.current.onBalance?.(change)),
  ])
}
