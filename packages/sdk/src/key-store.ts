export interface PendingSession {
  readonly sessionId: string
  readonly userKey: string
}

/** What the page remembers for one app, in its own localStorage: it is the durable copy, a frame's storage may be partitioned. */
export interface KeyStore {
  userKey: string | null
  /** Started, not yet known to be paid: watched again after a reload. */
  pending: PendingSession | null
  /** True for the first time that a session is told as paid. */
  claimCompletion(sessionId: string): boolean
}

interface Kept {
  key?: string | null
  pending?: PendingSession | null
  done?: readonly string[]
}

const doneMax = 20

/** Storage may be full, partitioned or forbidden: then it lasts as long as the page. */
export function createKeyStore(publishableKey: string): KeyStore {
  const name = `opencredits:${publishableKey}`
  let memory: Kept = {}
  const read = (): Kept => {
    try {
      const text = localStorage.getItem(name)
      return text === null ? memory : JSON.parse(text)
    } catch {
      return memory
    }
  }
  const write = (change: Kept) => {
    memory = { ...read(), ...change }
    try {
      localStorage.setItem(name, JSON.stringify(memory))
    } catch {
      // Kept in memory.
    }
  }
  return {
    get userKey() {
      return read().key ?? null
    },
    set userKey(key) {
      write({ key })
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
