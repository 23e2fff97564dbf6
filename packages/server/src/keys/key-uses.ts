import type { IncomingMessage } from 'node:http'
import { minuteMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { statement } from '../store/statement.ts'
import { runStep, type Step } from '../store/step.ts'

/** When and from where keys were last used. It is remembered here and written now and then, so that no call waits for it. */
export interface KeyUses {
  note(keyId: string, atMs: number, request: IncomingMessage | null): void
  /** Writes what was noted since. */
  write(): Promise<void>
}

/** How often one key's use is noted at most. */
export const notedEveryMs = 5 * minuteMs
const notedMax = 50_000

export function createKeyUses(deps: {
  readonly db: Database
  readonly clientAddress: (request: IncomingMessage) => string
}): KeyUses {
  let noted = new Map<string, KeyUse>()
  return {
    note(keyId, atMs, request) {
      if (noted.size >= notedMax) return
      noted.set(keyId, { id: keyId, at_ms: atMs, address: request === null ? null : deps.clientAddress(request) })
    },
    async write() {
      if (noted.size === 0) return
      const uses = [...noted.values()]
      noted = new Map()
      // What is lost with a process is noted again at the key's next use.
      await runStep(deps.db, writing, uses, 'process')
    },
  }
}

interface KeyUse {
  readonly id: string
  readonly at_ms: number
  readonly address: string | null
}

const writing: Step<readonly KeyUse[], undefined> = {
  async run(session, batches) {
    const newest = new Map(batches.flat().map((use) => [use.id, use]))
    // Sorted, so that two servers do not wait for each other in a circle.
    const sorted = [...newest.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
    await update.run(session, sorted)
    return batches.map(() => undefined)
  },
}

const update = statement<KeyUse>(
  { id: 'text', at_ms: 'bigint', address: 'text' },
  ({ asked, from }) =>
    `update keys set last_used_at_ms = ${asked.at_ms}, last_used_address = coalesce(${asked.address}, keys.last_used_address)
     ${from} where keys.id = ${asked.id} and coalesce(keys.last_used_at_ms, 0) < ${asked.at_ms}`,
)
