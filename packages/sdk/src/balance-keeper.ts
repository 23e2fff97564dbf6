import { callApi } from './api.ts'
import type { Page } from './page.ts'

/** Keeps the balance that the page shows true: after calls, purchases and sign-ins, here and in the app's other tabs. */
export interface BalanceKeeper {
  /** Asks the server. @throws (rejects with) OpenCreditsError */
  read(): Promise<number>
  /** Asks soon, once for many calls that end together. Trouble is left to the next call. */
  refresh(): void
  set(balance: number): void
  /** The key is gone, and with it the balance. */
  forgetKey(): void
  /** What another tab has written. */
  changedElsewhere(): void
  /** Asks the server and tells what it says though it may be known: somebody new listens. */
  tellAgain(): void
}

const refreshDelayMs = 150

export function createBalanceKeeper(page: () => Page): BalanceKeeper {
  let told: number | null | undefined
  let isDue = false
  let reads = 0

  const tell = () => {
    const { store, hub } = page()
    const balance = store.userKey === null ? null : store.balance
    if (balance === undefined || balance === told) return
    told = balance
    hub.emit('balance', { balance })
  }
  const set = (balance: number) => {
    page().store.balance = balance
    tell()
  }
  const forgetKey = () => {
    page().store.userKey = null
    tell()
  }
  const read = async () => {
    const { store, baseUrl } = page()
    const { userKey } = store
    reads += 1
    const turn = reads
    const { balance } = await callApi<{ balance: number }>(baseUrl, '/v1/credits/balance', { userKey })
    // Answers may overtake each other, and the user may have signed in or out meanwhile.
    if (turn === reads && userKey !== null && store.userKey === userKey) set(balance)
    return balance
  }
  const refresh = () => {
    if (isDue || page().store.userKey === null) return
    isDue = true
    setTimeout(() => {
      isDue = false
      read().catch(() => {})
    }, refreshDelayMs)
  }
  return {
    read,
    refresh,
    set,
    forgetKey,
    changedElsewhere: tell,
    tellAgain() {
      told = undefined
      refresh()
    },
  }
}
