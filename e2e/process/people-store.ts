import { randomUUID } from 'node:crypto'
import { database } from '../../packages/server/src/config-values.ts'
import { microcredits, microcreditsPerCredit } from '../../packages/server/src/kernel/microcredits.ts'
import { walletAccount } from '../../packages/server/src/ledger/chart-of-accounts.ts'
import { postTransfers } from '../../packages/server/src/ledger/post-transfers.ts'
import { type Database, openDatabase } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { findOrCreateAccount } from '../../packages/server/src/users/find-user.ts'
import type { Stack } from '../stack.ts'

/** The store of a running installation, as another server of it would use it. */
export interface PeopleStore {
  readonly db: Database
  /** Gives credits to an account, which is made if need be. @returns the user's id. */
  give(email: string, credits: number): Promise<string>
  close(): Promise<void>
}

export function openPeopleStore(stack: Stack): PeopleStore {
  const db = openDatabase(database.parse(stack.environment.DATABASE_URL), { isPatient: true })
  return {
    db,
    give: (email, credits) =>
      transact(db, async (transaction) => {
        const userId = await findOrCreateAccount(transaction, { email, livemode: true }, Date.now())
        const causeId = randomUUID()
        const entry = {
          ...({ id: `grant:${causeId}`, code: 'grant', causeId, debitAccount: 'operator:grants' } as const),
          creditAccount: walletAccount(userId),
          amountMicrocredits: microcredits(credits * microcreditsPerCredit),
        }
        await postTransfers(transaction, [entry], Date.now())
        return userId
      }),
    close: () => db.destroy(),
  }
}
