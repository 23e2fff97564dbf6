import { sql } from 'kysely'
import { minuteMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'

/** How often apps' checkouts are opened. It is remembered here and written now and then, so that no checkout waits for it. */
export interface OpenCounter {
  note(partnerId: string, atMs: number): void
  /** Adds what was noted since. */
  write(): Promise<void>
}

/** In every time zone, days begin at a quarter of an hour. */
const quarterMs = 15 * minuteMs

export function createOpenCounter(db: Database): OpenCounter {
  let noted = new Map<string, Opens>()
  const add = ({ partnerId, quarter, opens }: Opens) => {
    const name = `${partnerId} ${quarter}`
    noted.set(name, { partnerId, quarter, opens: opens + (noted.get(name)?.opens ?? 0) })
  }
  return {
    note: (partnerId, atMs) => add({ partnerId, quarter: atMs - (atMs % quarterMs), opens: 1 }),
    async write() {
      if (noted.size === 0) return
      // Sorted, so that two servers do not wait for each other in a circle.
      const opens = [...noted].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, of]) => of)
      noted = new Map()
      try {
        await addOpens(db, opens)
      } catch (error) {
        // They are written with the next ones; what is lost with a process is at most what came in a few seconds.
        for (const of of opens) add(of)
        throw error
      }
    },
  }
}

interface Opens {
  readonly partnerId: string
  readonly quarter: number
  readonly opens: number
}

function addOpens(db: Database, all: readonly Opens[]): Promise<void> {
  return transact(db, async (transaction) => {
    for (const { partnerId, quarter, opens } of all)
      await sql`insert into checkout_opens (partner_id, quarter_ms, opens) values (${partnerId}, ${quarter}, ${opens})
        on conflict (partner_id, quarter_ms) do update set opens = checkout_opens.opens + excluded.opens`.execute(
        transaction,
      )
  })
}
