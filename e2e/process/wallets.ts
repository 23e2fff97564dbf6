import { randomUUID } from 'node:crypto'
import { database } from '../../packages/server/src/config-values.ts'
import { microcredits, microcreditsPerCredit } from '../../packages/server/src/kernel/microcredits.ts'
import { issueUserKey } from '../../packages/server/src/keys/issue-key.ts'
import { createPepper } from '../../packages/server/src/keys/pepper.ts'
import { walletAccount } from '../../packages/server/src/ledger/chart-of-accounts.ts'
import { postTransfers } from '../../packages/server/src/ledger/post-transfers.ts'
import { openDatabase } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { createGuest } from '../../packages/server/src/users/find-user.ts'
import type { Stack } from '../stack.ts'

/** For `startCaller`, where wallets are made beside the server. */
export const walletEnvironment = { KEY_PEPPER: 'a pepper that the tests share' }

/** Makes users with any number of credits, as the command line does, but without a process for each. */
export interface Wallets {
  /** @returns the user's key. */
  create(credits: number): Promise<string>
  close(): Promise<void>
}

export function openWallets(stack: Stack, partnerId: string): Wallets {
  const db = openDatabase(database.parse(stack.environment.DATABASE_URL), { isPatient: true })
  const pepper = createPepper(walletEnvironment.KEY_PEPPER)
  return {
    create: (credits) =>
      transact(db, async (transaction) => {
        const nowMs = Date.now()
        const userId = await createGuest(transaction, true, nowMs)
        const causeId = randomUUID()
        const entry = {
          ...({ id: `grant:${causeId}`, code: 'grant', causeId, debitAccount: 'operator:grants' } as const),
          creditAccount: walletAccount(userId),
          amountMicrocredits: microcredits(credits * microcreditsPerCredit),
        }
        await postTransfers(transaction, [entry], nowMs)
        const { secret } = await issueUserKey(
          transaction,
          pepper,
          { userId, partnerId, livemode: true, source: 'grant' },
          nowMs,
        )
        return secret
      }),
    close: () => db.destroy(),
  }
}
