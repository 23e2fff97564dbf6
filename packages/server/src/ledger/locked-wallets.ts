import { assert } from '../kernel/assert.ts'
import type { Row } from '../store/schema.ts'
import { type Session, statement } from '../store/statement.ts'

/** What a wallet or a key's window has, as it stands in a step. */
export interface Standing {
  /** A wallet's `posted`, a window's `spent`. */
  readonly posted: number
  readonly held: number
}

/** Rows that a step has locked, as it found them and as it changes them; they are written once, at its end. */
export interface LockedRows<Owner> {
  /** One that is not there has nothing. */
  of(owner: Owner): Standing
  change(owner: Owner, by: Standing): void
}

export interface LockedWallets extends LockedRows<string> {
  lock(session: Session, userIds: Iterable<string>): Promise<void>
  write(session: Session): Promise<void>
}

const lockAll = statement<{ user_id: string }, Row<'wallets'>>(
  { user_id: 'text' },
  ({ asked, and, lock }) =>
    `select wallets.user_id, wallets.posted_microcredits, wallets.held_microcredits from wallets${and}
     where wallets.user_id = ${asked.user_id} order by wallets.user_id ${lock('wallets')}`,
)

/** I4: what is held is there. */
const isCovered = (held: string) => `wallets.posted_microcredits - wallets.held_microcredits >= ${held}`

/** The lock makes a check that came before good until here; the statement asks once more, so that nothing has to be believed. */
const changeAll = statement<{ user_id: string; posted: number; held: number }>(
  { user_id: 'text', posted: 'bigint', held: 'bigint' },
  ({ asked, from }) =>
    `update wallets set posted_microcredits = wallets.posted_microcredits + ${asked.posted},
       held_microcredits = wallets.held_microcredits + ${asked.held}
     ${from} where wallets.user_id = ${asked.user_id} and (${asked.held} <= 0 or ${isCovered(asked.held)})`,
)

const holdAll = statement<{ user_id: string; held: number; needed: number }, { user_id: string }>(
  { user_id: 'text', held: 'bigint', needed: 'bigint' },
  ({ asked, from }) =>
    `update wallets set held_microcredits = wallets.held_microcredits + ${asked.held}
     ${from} where wallets.user_id = ${asked.user_id} and ${isCovered(asked.needed)} returning wallets.user_id`,
)

/**
 * Holds so much in each wallet that has as much, and what is to be spare beside it: check and hold are one statement.
 * @returns whose wallets had it.
 */
export async function holdWhereCovered(
  session: Session,
  wantedByUser: ReadonlyMap<string, { readonly held: number; readonly spare: number }>,
): Promise<ReadonlySet<string>> {
  const asked = [...wantedByUser]
    .map(([user_id, { held, spare }]) => ({ user_id, held, needed: held + spare }))
    .sort(byUser)
  const { rows } = await holdAll.run(session, asked)
  return new Set(rows.map(({ user_id }) => user_id))
}

/** PostgreSQL takes rows as they are asked: in one order everywhere, two groups do not wait for each other in a circle. */
function byUser(one: { readonly user_id: string }, other: { readonly user_id: string }): number {
  return one.user_id < other.user_id ? -1 : 1
}

/** Wallets by their users. One that is only added to or taken from by what is its own needs no lock before it is written. */
export function createLockedWallets(): LockedWallets {
  const rows = new Map<string, Standing>()
  const changes = new Map<string, Standing>()
  return {
    async lock(session, userIds) {
      const ids = [...new Set(userIds)]
      const found = await lockAll.run(
        session,
        ids.map((user_id) => ({ user_id })),
      )
      for (const id of ids) rows.set(id, nothing)
      for (const row of found.rows)
        rows.set(row.user_id, { posted: row.posted_microcredits, held: row.held_microcredits })
    },
    of(userId) {
      const row = rows.get(userId)
      assert(row !== undefined, `the wallet of ${userId} is locked before it is used`)
      return row
    },
    change(userId, by) {
      const row = rows.get(userId)
      if (row !== undefined) rows.set(userId, sum(row, by))
      changes.set(userId, sum(changes.get(userId) ?? nothing, by))
    },
    async write(session) {
      const written = [...changes].flatMap(([user_id, by]) => (isNothing(by) ? [] : [{ user_id, ...by }])).sort(byUser)
      const { changed } = await changeAll.run(session, written)
      assert(changed === written.length, 'every wallet that changes is there, and has what is held of it')
    },
  }
}

export const nothing: Standing = { posted: 0, held: 0 }

export function sum(a: Standing, b: Standing): Standing {
  return { posted: a.posted + b.posted, held: a.held + b.held }
}

export function isNothing({ posted, held }: Standing): boolean {
  return posted === 0 && held === 0
}
