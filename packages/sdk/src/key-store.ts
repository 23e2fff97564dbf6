export interface PendingSession {
  readonly sessionId: string
  readonly userKey: string
}

/** What the page remembers for one app, in its own localStorage: it is the durable copy, a frame's storage may be partitioned. */
export interface KeyStore {
  userKey: string | null
  /** Credits of the user of `userKey`, as last heard by any tab; undefined while nobody has. */
  balance: number | undefined
  /** Started, not yet known to be paid: watched again after a reload. */
  pending: PendingSession | null
  /** True for the first time that a session is told as paid. */
  claimCompletion(sessionId: string): boolean
}

interface Kept {
  key?: string | null
  balance?: number | undefined
  pending?: PendingSession | null
  done?: readonly string[]
}

const doneMax = 20

/**
 * Storage may be full, partitioned or forbidden: then it lasts as long as the page, and each tab is a user of its own.
 * @param onChangedElsewhere another tab of the same origin has written something, here or elsewhere in storage
 * @param givenKey of an app whose own server keeps the key: nothing is written to storage then
 */
export function createKeyStore(
  publishableKey: string,
  onChangedElsewhere: () => void = () => {},
  givenKey?: string | null,
): KeyStore {
  const name = `opencredits:${publishableKey}`
  const isGiven = givenKey !== undefined
  let memory: Kept = isGiven ? { key: givenKey } : {}
  const read = (): Kept => {
    if (isGiven) return memory
    try {
      const text = localStorage.getItem(name)
      return text === null ? memory : JSON.parse(text)
    } catch {
      return memory
    }
  }
  const write = (change: Kept) => {
    memory = { ...read(), ...change }
    if (isGiven) return
    try {
      localStorage.setItem(name, JSON.stringify(memory))
    } catch {
      // Kept in memory.
    }
  }
  // On a server there are neither tabs nor events.
  globalThis.addEventListener?.('storage', onChangedElsewhere)
  return {
    get userKey() {
      return read().key ?? null
    },
    set userKey(key) {
      if (key !== this.userKey) write({ key, balance: undefined })
    },
    get balance() {
      return read().balance
    },
    set balance(balance) {
      write({ balance })
    },
    get pending() {
      return read().pending ?? null
    },
    set pending(pending) {
      write({ pending })
    },
    claimCompletion(sessionId) {
      const done = read().done ?? []
      if (done.includes(sessionId)) return false
      write({ done: [...done, sessionId].slice(-doneMax) })
      return true
    },
  }
}
