import { assert } from '../kernel/assert.ts'
import type { Row } from '../store/schema.ts'
import { type Session, statement } from '../store/statement.ts'
import { isNothing, type LockedRows, nothing, type Standing, sum } from './locked-wallets.ts'

/** One window of a budget: see `budget-window.ts`. */
export interface WindowId {
  readonly budgetId: string
  readonly windowStartMs: number
}

export interface LockedWindows extends LockedRows<WindowId> {
  /** One that is new begins with nothing spent. */
  lock(session: Session, ids: Iterable<WindowId>): Promise<void>
  write(session: Session): Promise<void>
  /** What may be held and spent in it at most, whatever its key says; null for most windows. */
  limitOf(id: WindowId): number | null
}

interface WindowRow {
  readonly budget_id: string
  readonly window_start_ms: number
}

const columns = { budget_id: 'text', window_start_ms: 'bigint' } as const

/** The row comes first, so that the first use of a window is guarded like every other. */
const begin = statement<WindowRow>(
  columns,
  ({ asked, from }) =>
    `insert into key_windows (budget_id, window_start_ms, spent_microcredits, held_microcredits)
     select ${asked.budget_id}, ${asked.window_start_ms}, 0, 0 ${from}
     where true order by 1, 2 on conflict (budget_id, window_start_ms) do nothing`,
)

const lockAll = statement<WindowRow, Row<'key_windows'>>(
  columns,
  ({ asked, and, lock }) =>
    `select key_windows.budget_id, key_windows.window_start_ms, spent_microcredits, held_microcredits,
       limit_microcredits from key_windows${and}
     where key_windows.budget_id = ${asked.budget_id} and key_windows.window_start_ms = ${asked.window_start_ms}
     order by 1, 2 ${lock('key_windows')}`,
)

const changeAll = statement<WindowRow & { spent: number; held: number }>(
  { ...columns, spent: 'bigint', held: 'bigint' },
  ({ asked, from }) =>
    `update key_windows set spent_microcredits = key_windows.spent_microcredits + ${asked.spent},
       held_microcredits = key_windows.held_microcredits + ${asked.held}
     ${from} where key_windows.budget_id = ${asked.budget_id} and key_windows.window_start_ms = ${asked.window_start_ms}`,
)

/** Windows of budgets, locked in the order of their ids and after their wallets. Most calls have none. */
export function createLockedWindows(): LockedWindows {
  const rows = new Map<string, Standing>()
  const limits = new Map<string, number>()
  const changes = new Map<string, { readonly id: WindowId; readonly by: Standing }>()
  return {
    async lock(session, ids) {
      const distinct = new Map([...ids].map((id) => [textOf(id), id]))
      const asked = [...distinct.values()].map((id) => ({ budget_id: id.budgetId, window_start_ms: id.windowStartMs }))
      await begin.run(session, asked)
      const found = await lockAll.run(session, asked)
      for (const row of found.rows) {
        const id = { budgetId: row.budget_id, windowStartMs: row.window_start_ms }
        rows.set(textOf(id), { posted: row.spent_microcredits, held: row.held_microcredits })
        if (row.limit_microcredits !== null) limits.set(textOf(id), row.limit_microcredits)
      }
    },
    limitOf: (id) => limits.get(textOf(id)) ?? null,
    of(id) {
      const row = rows.get(textOf(id))
      assert(row !== undefined, `the window of ${id.budgetId} is locked before it is used`)
      return row
    },
    change(id, by) {
      const row = rows.get(textOf(id))
      if (row !== undefined) rows.set(textOf(id), sum(row, by))
      changes.set(textOf(id), { id, by: sum(changes.get(textOf(id))?.by ?? nothing, by) })
    },
    async write(session) {
      const written = [...changes.values()].filter(({ by }) => !isNothing(by))
      const inputs = written.map(({ id, by }) => ({
        ...{ budget_id: id.budgetId, window_start_ms: id.windowStartMs },
        ...{ spent: by.posted, held: by.held },
      }))
      const { changed } = await changeAll.run(session, inputs)
      assert(changed === inputs.length, 'every window that changes is there')
    },
  }
}

function textOf({ budgetId, windowStartMs }: WindowId): string {
  return `${budgetId}@${windowStartMs}`
}
