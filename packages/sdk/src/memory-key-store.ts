import type { KeyStore } from './key-store.ts'

/** For an app whose own server keeps the key: it lasts as long as the page, and nothing is written to the browser's storage. */
export function createMemoryKeyStore(userKey: string | null): KeyStore {
  const done = new Set<string>()
  return {
    userKey,
    balance: undefined,
    pending: null,
    claimCompletion(sessionId) {
      if (done.has(sessionId)) return false
      done.add(sessionId)
      return true
    },
  }
}
