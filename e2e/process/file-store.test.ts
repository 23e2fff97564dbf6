import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startSandbox } from '@opencredits/sandbox'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { eraseUser } from '../../packages/server/src/account/erase-user.ts'
import { exportAccount } from '../../packages/server/src/account/export-account.ts'
import { type ClientFiles, createClientFiles } from '../../packages/server/src/files/client-files.ts'
import type { FileStore } from '../../packages/server/src/files/file-store.ts'
import { openFileStore } from '../../packages/server/src/files/open-file-store.ts'
import { type FilePurgeDeps, purgeFiles, sweepFiles } from '../../packages/server/src/jobs/purge-files.ts'
import { fixedClock, hourMs } from '../../packages/server/src/kernel/clock.ts'
import { createPepper } from '../../packages/server/src/keys/pepper.ts'
import { createLogger } from '../../packages/server/src/logger.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { addPeople, openTestStore, type TestStore } from '../test-store.ts'
import { openCopies } from './file-copies.ts'

/** How files are stored: sealed, whole or not at all, and gone when they are over. On the disk, or in PostgreSQL. */
const postgresUrl = inject('postgresUrl')
let store: TestStore
let folder: string
let clock = fixedClock(0)
let fileStore: FileStore
let files: ClientFiles
let jobs: FilePurgeDeps

beforeEach(async () => {
  clock = fixedClock(Date.now())
  store = await openTestStore(postgresUrl)
  folder = mkdtempSync(join(tmpdir(), 'opencredits-files-'))
  await addPeople(store.db, ['usr_1', 'usr_2'])
  const { db } = store
  fileStore = openFileStore(postgresUrl === undefined ? { kind: 'folder', path: folder } : { kind: 'postgres' }, {
    db,
    clock,
  })
  files = createClientFiles({
    ...{ db, clock, pepper, store: fileStore, isOn: true, readRemote: async () => null, onUncounted: () => {} },
    limits: { userBytesMax: 10_000_000, userFilesMax: 5 },
  })
  jobs = {
    ...{ db, clock, fileStore, logger: createLogger('silent'), inFlight: { isAdmitting: true } },
    self: { serverId: 'srv_1', hostName: 'here', processId: 1 },
    fileCopies: { removeNeedless: async () => 0 },
  }
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const pepper = createPepper('a pepper that the tests share')
const owner = { userId: 'usr_1', partnerId: 'par_1' }
const canary = 'canary-of-a-file-8c41'
const add = (text: string, more: { readonly expiresAtMs?: number; readonly to?: typeof owner } = {}) =>
  files.add(more.to ?? owner, {
    ...{ filename: `${canary}.txt`, mimeType: 'text/plain', purpose: null, bytes: Buffer.from(text) },
    expiresAtMs: more.expiresAtMs ?? null,
  })
const read = async (id: string) => {
  const found = await files.readBytes(owner, id)
  return found === null ? null : Buffer.from(found.bytes).toString()
}
const sums = async () =>
  (await store.db.selectFrom('file_bytes').selectAll().where('user_id', '=', 'usr_1').executeTakeFirst()) ?? {}
const pathOf = (id: string) => join(folder, id.slice(-2).toLowerCase(), id)

/** Ids of what is stored, and the bytes as they are stored. */
async function stored(): Promise<ReadonlyMap<string, Buffer>> {
  if (postgresUrl !== undefined) {
    const chunks = await store.db.selectFrom('file_chunks').selectAll().orderBy('position').execute()
    const ids = new Set(chunks.map((chunk) => chunk.file_id))
    return new Map(
      [...ids].map((id) => [id, Buffer.concat(chunks.flatMap((chunk) => (chunk.file_id === id ? [chunk.bytes] : [])))]),
    )
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(entries.map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name))]))
}

async function overwrite(id: string, bytes: Buffer): Promise<void> {
  if (postgresUrl === undefined) writeFileSync(pathOf(id), bytes)
  else await store.db.updateTable('file_chunks').set({ bytes }).where('file_id', '=', id).execute()
}

describe('a file that a batch gives', () => {
  it('is one, however many servers find the end of the batch', async () => {
    const file = { filename: 'out.jsonl', purpose: 'batch_output', sizeBytes: 0, expiresAtMs: null } as const
    const give = (part: 'output' | 'errors') =>
      files.addRemote(owner, { ...file, source: { kind: 'batch', id: 'batch_1', part } })
    const [first, again] = await Promise.all([give('output'), give('output')])
    expect(again).toEqual(first)
    expect((await give('errors')).id).not.toBe(first.id)
    expect((await files.list(owner, { limit: 9, order: 'newest_first' })).files).toHaveLength(2)
  })
})

describe('a stored file', () => {
  it('has neither its content nor its name in the clear, and opens only whole and in its place', async () => {
    const long = `${canary} `.repeat(150_000)
    const [one, two, large] = [await add(`${canary} one`), await add(`${canary} two`), await add(long)]
    expect(await read(large.id)).toBe(long)
    const bytes = await stored()
    expect(bytes.get(large.id)?.length).toBe(long.length + 4 * 28)
    for (const sealed of bytes.values()) expect(sealed.includes(canary)).toBe(false)
    for (const table of ['files', 'file_keys', 'file_bytes'] as const)
      expect(JSON.stringify(await store.db.selectFrom(table).selectAll().execute())).not.toContain(canary)
    const sealed = bytes.get(one.id) ?? Buffer.alloc(0)
    await overwrite(two.id, sealed)
    await expect(read(two.id)).rejects.toThrow(/do not open/)
    await overwrite(one.id, Buffer.concat([sealed.subarray(0, -1), Buffer.from([1 ^ (sealed.at(-1) ?? 0)])]))
    await expect(read(one.id)).rejects.toThrow(/do not open/)
    await fileStore.remove(one.id)
    await expect(read(one.id)).rejects.toThrow(/not whole/)
    const { db } = store
    const elsewhere = createClientFiles({
      ...{ db, clock, store: fileStore, isOn: true, readRemote: async () => null, onUncounted: () => {} },
      ...{ pepper: createPepper('another pepper altogether'), limits: { userBytesMax: 1, userFilesMax: 1 } },
    })
    await expect(elsewhere.readBytes(owner, large.id)).rejects.toThrow(/KEY_PEPPER/)
  })

  it('goes a day after it was deleted or is over, and is counted until then', async () => {
    const deleted = await add('deleted')
    const over = await add('over', { expiresAtMs: clock.nowMs() + hourMs })
    const kept = await add('kept')
    expect(await sums()).toMatchObject({ files: 3, bytes: 15, stored_bytes: 15 })
    await files.remove(owner, deleted.id)
    clock.advance(2 * hourMs)
    expect(await read(over.id)).toBeNull()
    await expect(files.require(owner, over.id, 'file_id')).rejects.toMatchObject({
      wireCode: 'file_expired',
      status: 404,
    })
    expect(await purgeFiles(jobs)).toBe(0)
    expect(await sums()).toMatchObject({ files: 1, bytes: 4, stored_bytes: 15 })
    clock.advance(21 * hourMs)
    expect(await purgeFiles(jobs)).toBe(0)
    clock.advance(2 * hourMs)
    expect(await purgeFiles(jobs)).toBe(2)
    expect(await sums()).toMatchObject({ files: 1, bytes: 4, stored_bytes: 4 })
    expect([...(await stored()).keys()]).toEqual([kept.id])
    expect(await read(kept.id)).toBe('kept')
  })

  it('takes no room any more once it is over, though no job has run', async () => {
    for (const text of ['1', '2', '3', '4', '5']) await add(text, { expiresAtMs: clock.nowMs() + hourMs })
    await expect(add('6')).rejects.toMatchObject({ wireCode: 'storage_quota_exceeded' })
    clock.advance(2 * hourMs)
    const again = await add('1')
    expect(again.expiresAtMs).toBeNull()
    expect(await sums()).toMatchObject({ files: 1, bytes: 1, stored_bytes: 6 })
  })

  it('that is deleted again and again fills no disk', async () => {
    const half = 'x'.repeat(5_000_000)
    for (const text of ['a', 'b', 'c']) expect(await files.remove(owner, (await add(text + half)).id)).toBe(true)
    await expect(add(`d${half}`)).rejects.toMatchObject({
      message: expect.stringContaining('24 hours'),
      wireCode: 'storage_quota_exceeded',
    })
  })

  it('of an erased user is unreadable at once and gone with the next run; another’s stays', async () => {
    const mine = await add('mine')
    const theirs = await add('theirs', { to: { userId: 'usr_2', partnerId: 'par_1' } })
    let exported = ''
    for await (const text of exportAccount({ db: store.db, pepper }, 'usr_1', clock.nowMs())) exported += text
    expect(JSON.parse(exported).files).toMatchObject([{ id: mine.id, filename: `${canary}.txt`, size_bytes: 4 }])
    const by = { actor: { kind: 'cli', id: null }, reason: 'asked' } as const
    await transact(store.db, (transaction) =>
      eraseUser(transaction, { userId: 'usr_1', isForfeiting: true, by }, clock.nowMs()),
    )
    expect(await read(mine.id)).toBeNull()
    expect(await store.db.selectFrom('file_keys').select('user_id').execute()).toEqual([{ user_id: 'usr_2' }])
    await expect(add('once more')).rejects.toMatchObject({ status: 503 })
    expect(await purgeFiles(jobs)).toBe(1)
    await sweepFiles(jobs)
    expect([...(await stored()).keys()]).toContain(theirs.id)
    expect([...(await stored()).keys()]).not.toContain(mine.id)
  })

  it('that a crash has left without a row is swept after an hour; what is being written is not', async () => {
    const kept = await add('kept')
    async function* frames() {
      yield Buffer.from('nobody’s')
    }
    const [old, young] = ['file_000000000000000000000001', 'file_000000000000000000000002']
    await fileStore.write(old, frames())
    if (postgresUrl === undefined) {
      writeFileSync(`${pathOf(old)}.part`, 'half')
      const longAgo = new Date(clock.nowMs() - 2 * hourMs)
      for (const path of [pathOf(old), `${pathOf(old)}.part`, pathOf(kept.id)]) utimesSync(path, longAgo, longAgo)
      writeFileSync(join(dirname(pathOf(old)), 'of-somebody-else'), '')
    } else {
      const longAgo = clock.nowMs() - 2 * hourMs
      await store.db.updateTable('file_chunks').set({ written_at_ms: longAgo }).execute()
    }
    await fileStore.write(young, frames())
    expect(await sweepFiles(jobs)).toBe(1)
    const left = [...(await stored()).keys()].filter((name) => name !== 'of-somebody-else')
    expect(left.toSorted()).toEqual([kept.id, young].toSorted())
    expect(await read(kept.id)).toBe('kept')
  })
})

describe('a copy at a provider', () => {
  it('is made once, however many servers want it at once, and goes with its file', async () => {
    const sandbox = await startSandbox()
    const { apiKey, anthropicBaseUrl: baseUrl, control } = sandbox.providers
    const server = () => openCopies({ db: store.db, pepper, apiKeys: [apiKey], baseUrl })
    const { id } = await add('of a large file')
    const file = { id, filename: 'a.txt', mimeType: 'text/plain', data: 'd29yZHM=' }
    const [first, ...others] = await Promise.all([1, 2, 3, 4].map(() => server().ensure(file, apiKey)))
    expect(others).toEqual([first, first, first])
    expect(await control.files()).toMatchObject([{ id: first, filename: 'a.txt', sizeBytes: 5 }])
    expect(await server().removeNeedless()).toBe(0)
    await files.remove(owner, id)
    expect(await server().removeNeedless()).toBe(1)
    expect(await control.files()).toEqual([])
    await sandbox.close()
  })
})
