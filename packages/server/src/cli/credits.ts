import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { handOverPurchase } from '../claims/hand-over-purchase.ts'
import { newId } from '../kernel/ids.ts'
import { creditsFromMicrocredits, type Microcredits, parseCredits } from '../kernel/microcredits.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import { readWallet } from '../ledger/balance.ts'
import { operatorAccount, walletAccount } from '../ledger/chart-of-accounts.ts'
import { postTransfers } from '../ledger/post-transfers.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { normalizeEmail } from '../users/email-address.ts'
import { findOrCreateAccount, findUser } from '../users/find-user.ts'
import { readEmail } from './partner-options.ts'
import { requirePartner } from './require-partner.ts'
import { type CommandStore, print, withStore } from './with-store.ts'

export function creditsCommand() {
  return new Command('credits')
    .description('give credits away, or hand over what a guest has bought')
    .addCommand(grantCommand())
    .addCommand(claimCommand())
}

function grantCommand() {
  return new Command('grant')
    .description('give credits to a user; an unknown e-mail becomes an account')
    .requiredOption('--user <id|email>', 'usr_… or an e-mail address')
    .requiredOption('--credits <number>', '100 credits are USD 1', readAmount)
    .option('--partner <id>', 'also issue a user key for this app and print it')
    .option('--test', 'to a user of the test world; with --partner, in the app’s test world')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const granted = await withStore((store) => grant(store, options.credits, options))
      print(options.json, granted, [
        `${granted.user_id} has been given ${granted.credits} credits and has ${granted.balance} now.`,
        ...(granted.user_key === undefined ? [] : [`user key  ${granted.user_key}   (secret; shown only now)`]),
      ])
    })
}

function claimCommand() {
  return new Command('claim')
    .description('hand a guest’s paid purchase over to an account, when the guest’s key is lost; its keys are revoked')
    .requiredOption('--purchase <id>', 'cs_… of Stripe or pur_…; make sure that it was this person who paid')
    .requiredOption('--user <email>', 'of the account; it is made if there is none', readEmail)
    .option('--json', 'print JSON')
    .action(async (options) => {
      const claimed = await withStore(async ({ db, nowMs }) => {
        const { purchaseId, userId } = await handOverPurchase(
          db,
          { purchase: options.purchase, email: normalizeEmail(options.user) },
          nowMs,
        )
        const wallet = await readWallet(db, userId)
        const balance = creditsFromMicrocredits(wallet.availableMicrocredits)
        return { purchase_id: purchaseId, user_id: userId, balance }
      })
      print(options.json, claimed, [
        `${claimed.purchase_id} belongs to ${claimed.user_id} now, who has ${claimed.balance} credits.`,
      ])
    })
}

function readAmount(text: string): Microcredits {
  const amount = parseCredits(text)
  if (amount === null || amount <= 0)
    throw new InvalidArgumentError('Expected a positive number with at most six decimals.')
  return amount
}

interface Receiver {
  readonly user: string
  readonly partner?: string | undefined
  readonly test?: boolean | undefined
}

async function grant(store: CommandStore, amountMicrocredits: Microcredits, receiver: Receiver) {
  const { db, pepper, nowMs } = store
  const app = receiver.partner === undefined ? null : await requirePartner(store, receiver.partner, receiver)
  const done = await transact(db, async (transaction) => {
    const { userId, livemode } = await findReceiver(transaction, receiver, nowMs)
    if (app !== null && app.livemode !== livemode)
      throw new Error(
        `${receiver.user} is a user of the ${livemode ? 'live' : 'test'} world. ${livemode ? 'Leave --test out' : 'Add --test'}: credits and keys stay in the world of their user.`,
      )
    const id = newId('grt')
    const { outcome } = await postTransfers(
      transaction,
      [
        {
          id: `grant:${id}`,
          debitAccount: operatorAccount('operator:grants', livemode),
          creditAccount: walletAccount(userId),
          amountMicrocredits,
          code: 'grant',
          causeId: id,
        },
      ],
      nowMs,
    )
    if (outcome !== 'posted') throw new Error('The credits could not be granted.')
    const key = app === null ? null : { userId, partnerId: app.id, livemode, source: 'grant' as const }
    const issued = key === null ? null : await issueUserKey(transaction, pepper, key, nowMs)
    return { userId, livemode, secret: issued?.secret }
  })
  const wallet = await readWallet(db, done.userId)
  return {
    user_id: done.userId,
    livemode: done.livemode,
    credits: creditsFromMicrocredits(amountMicrocredits),
    balance: creditsFromMicrocredits(wallet.availableMicrocredits),
    ...(done.secret === undefined ? {} : { user_key: done.secret }),
  }
}

/** An e-mail is looked for in the world that the command names; an id says its world itself. */
async function findReceiver(transaction: DatabaseTransaction, { user, test }: Receiver, nowMs: number) {
  if (user.includes('@')) {
    const livemode = test !== true
    return {
      userId: await findOrCreateAccount(transaction, { email: normalizeEmail(user), livemode }, nowMs),
      livemode,
    }
  }
  const found = await findUser(transaction, user)
  if (found === null) throw new Error(`There is no user ${user}.`)
  return { userId: found.merged_into_user_id ?? found.id, livemode: found.livemode === 1 }
}
