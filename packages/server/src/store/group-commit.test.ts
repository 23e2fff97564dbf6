import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGroupCommitter } from './group-commit.ts'
import { migrateToLatest } from './migrate.ts'
import { type Database, openDatabase } from './open-database.ts'
import { statement } from './statement.ts'
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

const insertUser = statement('insert into users (id, email, created_at_ms) values (?, ?, 0)')
const usersOnDisk = () =>
  (onDisk.prepare('select id from users order by rowid').all() as { readonly id: string }[]).map(({ id }) => id)

describe('a commit that is promised to survive a power loss', () => {
  it('is answered once the disk has written; others are not held up, and the next group goes ahead', async () => {
    const disk = Promise.withResolvers<void>()
    const committed: string[] = []
    const committer = createGroupCommitter<null>(
      async (works) => Promise.all(works.map((work) => work(null))),
      () => disk.promise,
    )
    const answered: string[] = []
    const commit = (name: string, durability: 'disk' | 'process') =>
      committer.commit(async () => void committed.push(name), durability).then(() => answered.push(name))
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
    const committer = createGroupCommitter<null>(
      async (works) => Promise.all(works.map((work) => work(null))),
      () => Promise.reject(Object.assign(new Error('disk'), { code: 'EIO' })),
    )
    await expect(committer.commit(async () => 1, 'disk')).rejects.toMatchObject({ code: 'overloaded' })
    await expect(committer.commit(async () => 1, 'process')).resolves.toBe(1)
  })
})

describe('transactions that are there at the same time', () => {
  it('are committed by the time they are answered, in their order', async () => {
    const seen = await Promise.all(
      ['a', 'b', 'c'].map(async (id) => {
        await transact(db, (transaction) => insertUser.run(transaction, id, null))
        return usersOnDisk().includes(id)
      }),
    )
    expect(seen).toEqual([true, true, true])
    expect(usersOnDisk()).toEqual(['a', 'b', 'c'])
  })

  it('do not fall with one that fails: it is rolled back alone', async () => {
    const outcomes = await Promise.allSettled([
      transact(db, (transaction) => insertUser.run(transaction, 'd', null)),
      transact(db, async (transaction) => {
        await insertUser.run(transaction, 'half', null)
        throw new Error('no')
      }),
      transact(db, (transaction) => insertUser.run(transaction, 'd', null)),
      transact(db, (transaction) => insertUser.run(transaction, 'e', null), 'process'),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(usersOnDisk()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('wait for the disk once: a hundred cost fewer commits than ten', async () => {
    const commits = () => Number(onDisk.pragma('data_version', { simple: true }))
    const before = commits()
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        transact(db, (transaction) => insertUser.run(transaction, `f${index}`, null)),
      ),
    )
    expect(usersOnDisk()).toHaveLength(105)
    expect(commits() - before).toBeLessThan(10)
  })
})
