import { type CheckoutOutcome, OpenCredits, type OpenCreditsOptions, type OpenOptions } from '../index.ts'
import { listen, together } from './listen.ts'

/** Whose credits the page spends, as far as it is known. */
export interface Account {
  /** True once the SDK is initialised: never on a server, nor in the first render of a page that came from one. */
  readonly isReady: boolean
  /** `oc_sk_…`; null before the first purchase or sign-in on this browser. */
  readonly userKey: string | null
  /** Credits that can be spent now. Null while it is not known: that is not 0. */
  readonly balance: number | null
}

const unknownAccount: Account = { isReady: false, userKey: null, balance: null }
const readers = new Set<() => void>()
let account = unknownAccount
let initialisedWith = ''
let opened: Promise<CheckoutOutcome> | null = null
let stopListening = () => {}
let markReady = () => {}
const ready = new Promise<void>((resolve) => {
  markReady = resolve
})

/** The SDK is one per page, so what is known of the account is, too: however many providers show it. */
export function subscribe(reader: () => void): () => void {
  if (readers.size === 0) stopListening = listenToAccount()
  readers.add(reader)
  return () => {
    readers.delete(reader)
    if (readers.size === 0) stopListening()
  }
}

export function readAccount(): Account {
  return account
}

/** Also what hydration begins with, so that the markup agrees. */
export function readServerAccount(): Account {
  return unknownAccount
}

/** Initialises the SDK unless it has these settings already: StrictMode runs effects twice, and providers render often. */
export function initialise(settings: OpenCreditsOptions): void {
  const given = JSON.stringify(settings)
  if (given === initialisedWith) return
  OpenCredits.init(settings)
  initialisedWith = given
  readKey()
  markReady()
}

/** One checkout at a time: while it is open, everybody who asks for it waits for the same one. */
export const openCheckout = onceReady((options?: OpenOptions): Promise<CheckoutOutcome> => {
  opened ??= OpenCredits.open(options).finally(() => {
    opened = null
    readKey()
  })
  return opened
})

export const logout = onceReady(() => OpenCredits.logout())

export const paidFetch: typeof OpenCredits.fetch = onceReady((input, init) => OpenCredits.fetch(input, init))

/** Effects of children run before their provider's, so what they call waits for it. */
function onceReady<Given extends readonly unknown[], Answer>(
  call: (...given: Given) => Promise<Answer>,
): (...given: Given) => Promise<Answer> {
  return (...given) => (account.isReady ? call(...given) : ready.then(() => call(...given)))
}

function listenToAccount(): () => void {
  const onKey = ({ balance }: { readonly balance: number | null }) => know(balance)
  return together([
    listen('balance', onKey),
    listen('purchaseCompleted', onKey),
    listen('loginCompleted', onKey),
    listen('loggedOut', readKey),
    listen('checkoutOpened', ({ checkout_url }) => {
      // The app takes the user to that page. If nothing comes of it, the next click begins anew.
      if (checkout_url !== undefined) opened = null
    }),
  ])
}

function readKey(): void {
  know(OpenCredits.getUserKey() === account.userKey ? account.balance : null)
}

function know(balance: number | null): void {
  const userKey = OpenCredits.getUserKey()
  if (account.isReady && account.userKey === userKey && account.balance === balance) return
  account = { isReady: true, userKey, balance }
  for (const reader of readers) reader()
}
