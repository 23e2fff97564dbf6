import { sql } from 'kysely'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** Locks a wallet's row until the transaction ends, by a write that changes nothing: no hold is placed on it in between. */
export function lockWallet(transaction: DatabaseTransaction, userId: string): Promise<Row<'wallets'> | undefined> {
  return transaction
    .updateTable('wallets')
    .set({ held_microcredits: sql`held_microcredits` })
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst()
}
