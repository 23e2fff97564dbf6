import type { BalanceKeeper } from './balance-keeper.ts'
import type { EventHub } from './event-hub.ts'
import type { KeyStore } from './key-store.ts'
import type { OpenCreditsError, OpenCreditsOptions } from './options.ts'
import type { OutcomeInWaiting } from './outcome.ts'

/** What the parts of the SDK share, from the first `init` on. A second `init` changes the options in place. */
export interface Page {
  options: OpenCreditsOptions
  baseUrl: string
  store: KeyStore
  readonly hub: EventHub
  readonly balance: BalanceKeeper
  /** What the newest `open` resolves with. */
  outcome: OutcomeInWaiting | null
}

/** Tells the page's listeners: those of purchases too where it is one that failed. */
export function tellError({ hub }: Page, error: OpenCreditsError, isPurchase: boolean): void {
  if (isPurchase) hub.emit('purchaseError', { error })
  hub.emit('error', { error })
}
