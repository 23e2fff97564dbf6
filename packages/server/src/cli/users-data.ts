import { open } from 'node:fs/promises'
import { Command } from '@commander-js/extra-typings'
import { erasePerson } from '../account/erase-user.ts'
import { exportAccount } from '../account/export-account.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { normalizeEmail } from '../users/email-address.ts'
import { print, withStore } from './with-store.ts'

export function exportUserCommand() {
  return new Command('export')
    .description('write all that is kept of a user into a JSON file, as the account page does')
    .option('--user <id>', 'usr_…; or --email')
    .option('--email <address>', 'of the account')
    .option('--test', 'with --email: of the user that it has in the test world')
    .option('--json', 'print the JSON instead')
    .action(async (options) => {
      await withStore(async ({ db, pepper, nowMs }) => {
        const userId = await findPerson(db, options)
        const texts = exportAccount({ db, pepper }, userId, nowMs)
        if (options.json === true) {
          for await (const text of texts) process.stdout.write(text)
          return
        }
        const path = `opencredits-export-${userId}.json`
        // It is about a person: nobody else on this machine reads it, and no older file is written over.
        const file = await open(path, 'wx', 0o600)
        try {
          for await (const text of texts) await file.write(text)
        } finally {
          await file.close()
        }
        print(false, null, [`${path} has all that is kept of ${userId}. Delete it once it is handed over.`])
      })
    })
}

export function eraseUserCommand() {
  return new Command('erase')
    .description('erase a person: keys and sessions end, e-mail and addresses go; the ledger keeps the id. For good')
    .option('--user <id>', 'usr_…; or --email')
    .option('--email <address>', 'of the account; its user in the test world is erased too')
    .option('--test', 'with --email: only the user that it has in the test world')
    .requiredOption('--reason <text>', 'why, for the audit log; name nobody')
    .option('--forfeit', 'the credits that are left may go; without it, 100 or more are in the way')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const userId = await withStore(async ({ db, nowMs }) => {
        const id = await findPerson(db, options)
        const by = { actor: { kind: 'cli', id: null }, reason: options.reason } as const
        const isForfeiting = options.forfeit === true
        await transact(db, (transaction) => erasePerson(transaction, { userId: id, isForfeiting, by }, nowMs))
        return id
      })
      print(options.json, { user_id: userId, erased: true }, [
        `${userId} is erased. Keys and sessions end at every server within two seconds.`,
      ])
    })
}

/** The account into which a guest was merged stands for it. */
async function findPerson(
  db: DatabaseReader,
  options: {
    readonly user?: string | undefined
    readonly email?: string | undefined
    readonly test?: boolean | undefined
  },
): Promise<string> {
  const { user, email, test } = options
  if ((user === undefined) === (email === undefined)) throw new Error('Name the user: --user usr_… or --email address.')
  const row = await db
    .selectFrom('users')
    .select(['id', 'merged_into_user_id'])
    .where(user === undefined ? 'email' : 'id', '=', user ?? normalizeEmail(email))
    .$if(user === undefined, (query) => query.where('livemode', '=', test === true ? 0 : 1))
    .executeTakeFirst()
  if (row === undefined) {
    const inTestWorld = test === true ? ' in the test world' : ''
    throw new Error(`There is no user ${user ?? email}${inTestWorld}.`)
  }
  return row.merged_into_user_id ?? row.id
}
