import SqliteDatabase from 'better-sqlite3'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../kernel/app-error.ts'
import { type Database, openDatabase } from './open-database.ts'
import { statement } from './statement.ts'
import { runStep, type Step } from './step.ts'
import { isStoreFailure, storeErrorCode } from './store-failure.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'
import { transact } from './transact.ts'

let store: TestDatabase
let db: Database

beforeEach(async () => {
  store = await openTestDatabase()
  db = store.db
  await sql`pragma busy_timeout = 5`.execute(db)
})

afterEach(() => store.close())

describe('a store that does not answer', () => {
  it('is told as overloaded, with a time to come again, while another process keeps the lock', async () => {
    const other = lockStore(store.path)
    const error = await failureOf(addServer(db))
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'overloaded', status: 503, headers: { 'retry-after': '2' } })
    expect(storeErrorCode(error)).toBe('SQLITE_BUSY')
    other.close()
    await addServer(db)
  })

  it('is told as overloaded by a transaction too, after it has tried again', async () => {
    const other = lockStore(store.path)
    let runs = 0
    const work = () =>
      transact(db, async (transaction) => {
        runs += 1
        await addServer(transaction)
      })
    expect(await failureOf(work())).toMatchObject({ code: 'overloaded' })
    expect(runs).toBe(0)
    const waiting = work()
    other.close()
    await waiting
    expect(runs).toBe(1)
  })

  it('is told as overloaded when the disk is full', async () => {
    await sql`pragma max_page_count = 1`.execute(db)
    const large = 'x'.repeat(100_000)
    const error = await failureOf(
      db.insertInto('servers').values({ id: large, host_name: large, process_id: 1, heartbeat_at_ms: 1 }).execute(),
    )
    expect(storeErrorCode(error)).toBe('SQLITE_FULL')
    expect(error).toMatchObject({ code: 'overloaded' })
  })

  describe('whose disk is full in the middle of a transaction, which SQLite then rolls back by itself', () => {
    /** No page is free, and none may be added: a small row still fits into a page that is there, a large one does not. */
    const fill = async () => {
      await addServer(db)
      const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db)
      await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count)}`.execute(db)
    }
    const large = 'x'.repeat(100_000)
    const insert = statement<{ id: string; name: string }>(
      { id: 'text', name: 'text' },
      ({ asked }) =>
        `insert into servers (id, host_name, process_id, heartbeat_at_ms) values (${asked.id}, ${asked.name}, 1, 1)`,
    )
    const serverIds = async () =>
      (await db.selectFrom('servers').select('id').orderBy('id').execute()).map(({ id }) => id)

    it('is told as overloaded by a transaction: the rollback that finds nothing to roll back hides nothing', async () => {
      await fill()
      const error = await failureOf(
        transact(db, (transaction) =>
          transaction
            .insertInto('servers')
            .values({ id: 'large', host_name: large, process_id: 1, heartbeat_at_ms: 1 })
            .execute(),
        ),
      )
      expect(storeErrorCode(error)).toBe('SQLITE_FULL')
      expect(isStoreFailure(error)).toBe(true)
    })

    it('runs none of the statements that a step has still under way: they would be committed one by one', async () => {
      await fill()
      const step: Step<string, undefined> = {
        async run(session) {
          await insert.run(session, [{ id: 'before', name: 'small' }])
          await Promise.all([
            insert.run(session, [{ id: 'large', name: large }]),
            insert.run(session, [{ id: 'after', name: 'small' }]),
          ])
          return [undefined]
        },
      }
      expect(isStoreFailure(await failureOf(runStep(db, step, 'input')))).toBe(true)
      expect(await serverIds()).toEqual(['srv_1'])
    })

    it('runs none of a transaction’s either', async () => {
      await fill()
      const add = (transaction: Database, id: string, name: string) =>
        transaction.insertInto('servers').values({ id, host_name: name, process_id: 1, heartbeat_at_ms: 1 }).execute()
      const work = (transaction: Database) =>
        Promise.all([add(transaction, 'large', large), add(transaction, 'after', 'small')])
      expect(isStoreFailure(await failureOf(transact(db, work)))).toBe(true)
      expect(await serverIds()).toEqual(['srv_1'])
      await sql`pragma max_page_count = 1000000`.execute(db)
      await transact(db, (transaction) => add(transaction, 'later', 'small'))
      expect(await serverIds()).toEqual(['later', 'srv_1'])
    })
  })

  it('is told as overloaded when nobody listens, and when the server is unknown', async () => {
    for (const host of ['127.0.0.1:1', 'nowhere.invalid:5432']) {
      const none = openDatabase({ engine: 'postgres', location: `postgres://nobody:nothing@${host}/none` })
      expect(await failureOf(addServer(none)), host).toMatchObject({ code: 'overloaded' })
      expect(await failureOf(transact(none, addServer)), host).toMatchObject({ code: 'overloaded' })
      await none.destroy()
    }
  })
})

describe('a statement that is wrong', () => {
  it('stays what it is: coming again would not help', async () => {
    await addServer(db)
    const twice = await failureOf(addServer(db))
    expect(twice).not.toBeInstanceOf(AppError)
    expect(storeErrorCode(twice)).toBe('SQLITE_CONSTRAINT_PRIMARYKEY')
    expect(await failureOf(sql`select nothing from nowhere`.execute(db))).not.toBeInstanceOf(AppError)
    expect(await failureOf(transact(db, () => Promise.reject(new Error('ours'))))).toMatchObject({ message: 'ours' })
  })
})

describe('a snapshot to read from', () => {
  it('keeps nobody from writing', async () => {
    const reader = openDatabase({ engine: 'sqlite', location: store.path })
    await reader
      .transaction()
      .setAccessMode('read only')
      .execute(async (snapshot) => {
        expect(await countServers(snapshot)).toBe(0)
        await addServer(db)
        expect(await countServers(snapshot)).toBe(0)
      })
    expect(await countServers(reader)).toBe(1)
    await reader.destroy()
  })
})

function lockStore(path: string): SqliteDatabase.Database {
  const other = new SqliteDatabase(path)
  other.exec('begin immediate')
  return other
}

async function addServer(to: Pick<Database, 'insertInto'>): Promise<void> {
  await to.insertInto('servers').values({ id: 'srv_1', host_name: 'h', process_id: 1, heartbeat_at_ms: 1 }).execute()
}

async function countServers(from: Pick<Database, 'selectFrom'>): Promise<number> {
  return (await from.selectFrom('servers').selectAll().execute()).length
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}
