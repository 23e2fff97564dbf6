import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGroupCommitter } from './group-commit.ts'
import { migrateToLatest } from './migrate.ts'
import { type Database, type DatabaseTransaction, openDatabase } from './open-database.ts'
import { statement } from './statement.ts'
import { runStep, type Step } from './step.ts'
import { transact } from './transact.ts'

let db: Database
let onDisk: Sqlite.Database

beforeAll(async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'opencredits-group-')), 'store.db')
  db = openDatabase({ engine: 'sqlite', location: path })
  await migrateToLatest(db, 'sqlite')
  onDisk = new Sqlite(path, { readonly: true })
})
afterAll(async () => {
  onDisk.close()
  await db.destroy()
})

const insertUser = (id: string) => (transaction: DatabaseTransaction) =>
  transaction.insertInto('users').values({ id, email: null, merged_into_user_id: null, created_at_ms: 0 }).execute()
const usersOnDisk = () =>
  (onDisk.prepare('select id from users order by rowid').all() as { readonly id: string }[]).map(({ id }) => id)

describe('a commit that is promised to survive a power loss', () => {
  it('is answered once the disk has written; others are not held up, and the next group goes ahead', async () => {
    const disk = Promise.withResolvers<void>()
    const committed: string[] = []
    const committer = createGroupCommitter<string>(
      async (names) => {
        committed.push(...names)
        return names
      },
      () => disk.promise,
    )
    const answered: string[] = []
    const commit = (name: string, durability: 'disk' | 'process') =>
      committer.commit(name, durability).then(() => answered.push(name))
    const paid = commit('paid', 'disk')
    await commit('held', 'process')
    await commit('held after', 'process')
    expect(committed).toEqual(['paid', 'held', 'held after'])
    expect(answered).toEqual(['held', 'held after'])
    disk.resolve()
    await paid
    expect(answered).toContain('paid')
  })

  it('is not answered as done when the disk has failed', async () => {
    const committer = createGroupCommitter<number>(
      async (works) => works,
      () => Promise.reject(Object.assign(new Error('disk'), { code: 'EIO' })),
    )
    await expect(committer.commit(1, 'disk')).rejects.toMatchObject({ code: 'overloaded' })
    await expect(committer.commit(1, 'process')).resolves.toBe(1)
  })
})

describe('transactions that are there at the same time', () => {
  it('are committed by the time they are answered, in their order', async () => {
    const seen = await Promise.all(
      ['a', 'b', 'c'].map(async (id) => {
        await transact(db, insertUser(id))
        return usersOnDisk().includes(id)
      }),
    )
    expect(seen).toEqual([true, true, true])
    expect(usersOnDisk()).toEqual(['a', 'b', 'c'])
  })

  it('do not fall with one that fails: it is rolled back alone', async () => {
    const outcomes = await Promise.allSettled([
      transact(db, insertUser('d')),
      transact(db, async (transaction) => {
        await insertUser('half')(transaction)
        throw new Error('no')
      }),
      transact(db, insertUser('d')),
      transact(db, insertUser('e'), 'process'),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(usersOnDisk()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('wait for the disk once: a hundred cost fewer commits than ten', async () => {
    const commits = () => Number(onDisk.pragma('data_version', { simple: true }))
    const before = commits()
    await Promise.all(Array.from({ length: 100 }, (_, index) => transact(db, insertUser(`f${index}`))))
    expect(usersOnDisk()).toHaveLength(105)
    expect(commits() - before).toBeLessThan(10)
  })
})

describe('inputs of a step that are there at the same time', () => {
  const insertUsers = statement<{ id: string }>(
    { id: 'text' },
    ({ asked, from }) => `insert into users (id, created_at_ms) select ${asked.id}, 0 ${from}`,
  )
  const groups: (readonly string[])[] = []
  const adding: Step<string, string> = {
    async run(session, ids) {
      groups.push(ids)
      await insertUsers.run(
        session,
        ids.map((id) => ({ id })),
      )
      return ids.map((id) => `${id} is there`)
    },
  }

  it('are given to it together, and each is answered for itself once all are committed', async () => {
    const ids = ['g', 'h', 'i']
    const told = await Promise.all(
      ids.map(async (id) => [await runStep(db, adding, id), usersOnDisk().includes(id)] as const),
    )
    expect(told).toEqual(ids.map((id) => [`${id} is there`, true]))
    expect(groups).toEqual([ids])
  })

  it('do not fall with one that fails: each is run alone', async () => {
    const outcomes = await Promise.allSettled(['j', 'g', 'k'].map((id) => runStep(db, adding, id)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(usersOnDisk()).toEqual(expect.arrayContaining(['j', 'k']))
  })

  it('share a transaction with others', async () => {
    const before = Number(onDisk.pragma('data_version', { simple: true }))
    await Promise.all([runStep(db, adding, 'l'), transact(db, insertUser('m'))])
    expect(Number(onDisk.pragma('data_version', { simple: true })) - before).toBeLessThan(2)
  })
})
