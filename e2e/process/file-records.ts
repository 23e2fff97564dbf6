import { readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { database } from '../../packages/server/src/config-values.ts'
import { issueUserKey } from '../../packages/server/src/keys/issue-key.ts'
import { loadPepper, type Pepper } from '../../packages/server/src/keys/pepper.ts'
import { readKeyRow } from '../../packages/server/src/keys/read-key.ts'
import { type Database, openDatabase } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { mergeGuest } from '../../packages/server/src/users/merge-guest.ts'
import type { Stack } from '../stack.ts'

interface Sums {
  readonly bytes: number
  readonly files: number
  readonly stored_bytes: number
}

/** What an installation has of its clients' files, past its API. */
export interface FileRecords {
  readonly db: Database
  readonly pepper: Pepper
  /** Makes a key of the same user in another app. */
  keyInApp(ofKey: string, partnerId: string): Promise<string>
  mergeGuestInto(guestKey: string, accountKey: string): Promise<void>
  userIdOf(key: string): Promise<string>
  /** What is written down of the user of a key, and what the rows say. */
  sumsOf(key: string): Promise<Sums>
  rowsOf(key: string): Promise<Sums>
  /** Ids of all files whose bytes are stored, and of all that have a row. */
  storedIds(): Promise<readonly string[]>
  rowIds(): Promise<readonly string[]>
  /** Takes the bytes of a file away, past everything. */
  loseBytes(fileId: string): Promise<void>
  close(): Promise<void>
}

export function openFileRecords({ environment }: Stack): FileRecords {
  const address = database.parse(environment.DATABASE_URL)
  const pepper = loadPepper(environment.KEY_PEPPER ?? null, address)
  const db = openDatabase(address, { isPatient: true })
  const userIdOf = async (key: string) => {
    const row = await readKeyRow(db, pepper.hash('secret', key))
    if (row?.user_id === undefined || row.user_id === null) throw new Error('no such key')
    return row.user_id
  }
  return {
    ...{ db, pepper },
    userIdOf,
    async keyInApp(ofKey, partnerId) {
      const made = {
        userId: await userIdOf(ofKey),
        partnerId,
        livemode: true,
        source: 'named',
        name: 'elsewhere',
      } as const
      return (await transact(db, (transaction) => issueUserKey(transaction, pepper, made, Date.now()))).secret
    },
    async mergeGuestInto(guestKey, accountKey) {
      const merge = { guestUserId: await userIdOf(guestKey), accountUserId: await userIdOf(accountKey) }
      await transact(db, (transaction) => mergeGuest(transaction, merge, Date.now()))
    },
    async sumsOf(key) {
      const row = await db
        .selectFrom('file_bytes')
        .select(['bytes', 'files', 'stored_bytes'])
        .where('user_id', '=', await userIdOf(key))
        .executeTakeFirst()
      return row ?? { bytes: 0, files: 0, stored_bytes: 0 }
    },
    async rowsOf(key) {
      const rows = await db
        .selectFrom('files')
        .selectAll()
        .where('user_id', '=', await userIdOf(key))
        .execute()
      const live = rows.filter((row) => row.deleted_at_ms === null)
      const sum = (of: typeof rows) => of.reduce((total, row) => total + row.size_bytes, 0)
      return { bytes: sum(live), files: live.length, stored_bytes: sum(rows) }
    },
    async storedIds() {
      if (address.engine === 'postgres') {
        const rows = await db.selectFrom('file_chunks').select('file_id').distinct().execute()
        return rows.map((row) => row.file_id).sort()
      }
      const folder = join(dirname(address.location), 'files')
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
        .sort()
    },
    async loseBytes(fileId) {
      if (address.engine === 'postgres') await db.deleteFrom('file_chunks').where('file_id', '=', fileId).execute()
      else rmSync(join(dirname(address.location), 'files', fileId.slice(-2).toLowerCase(), fileId))
    },
    rowIds: async () => (await db.selectFrom('files').select('id').execute()).map((row) => row.id).sort(),
    close: () => db.destroy(),
  }
}
