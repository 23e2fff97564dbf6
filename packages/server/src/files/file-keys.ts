import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { assert } from '../kernel/assert.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import type { FileOwner } from './client-files.ts'
import { sealText, unsealText } from './seal-bytes.ts'

/** The keys that seal files: one for each owner, random, wrapped by the pepper. Erasing a user ends them. */
export interface FileKeys {
  /** The owner's key, made with the first file. */
  ofOwner(owner: FileOwner): Promise<NamedKey>
  /** By the id on a file's row. @returns null for one that is no more. */
  byId(id: string): Promise<KeyObject | null>
}

export interface NamedKey {
  readonly id: string
  readonly key: KeyObject
}

const rememberedMax = 10_000

export function createFileKeys(deps: {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pick<Pepper, 'deriveWrappingKey'>
}): FileKeys {
  const { db, clock, pepper } = deps
  /** By id: an id is never used for another key. That a key is no more, its files' rows say. */
  const opened = new Map<string, KeyObject>()

  const byId = async (id: string): Promise<KeyObject | null> => {
    const known = opened.get(id)
    if (known !== undefined) return known
    const row = await db.selectFrom('file_keys').select('wrapped_key').where('id', '=', id).executeTakeFirst()
    if (row === undefined) return null
    const bytes = unsealText(pepper.deriveWrappingKey(id), id, row.wrapped_key)
    if (bytes === null) throw new Error('a key of files does not open: is KEY_PEPPER the one that it was made with?')
    const key = createSecretKey(Buffer.from(bytes, 'base64'))
    if (opened.size >= rememberedMax) opened.clear()
    opened.set(id, key)
    return key
  }
  return {
    byId,
    async ofOwner({ userId, partnerId }) {
      const id = `${userId} ${partnerId}`
      // Asked of the store each time: that of an erased user must not be used on from memory.
      const row = await db.selectFrom('file_keys').select('id').where('id', '=', id).executeTakeFirst()
      if (row === undefined) {
        opened.delete(id)
        const wrapped = sealText(pepper.deriveWrappingKey(id), id, randomBytes(32).toString('base64'))
        await db
          .insertInto('file_keys')
          .values({
            ...{ id, user_id: userId, partner_id: partnerId },
            ...{ wrapped_key: wrapped, created_at_ms: clock.nowMs() },
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute()
      }
      const key = await byId(id)
      assert(key !== null, 'a key that was made is there')
      return { id, key }
    },
  }
}
