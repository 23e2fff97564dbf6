import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { verifyBooks } from '../../packages/server/src/audit/verify-books.ts'
import { addOutputFiles } from '../../packages/server/src/batches/output-files.ts'
import { fulfilPurchase } from '../../packages/server/src/checkout/fulfil-purchase.ts'
import { recordTakeBack } from '../../packages/server/src/checkout/take-back.ts'
import { claimPurchase } from '../../packages/server/src/claims/claim-purchase.ts'
import { addFileRow } from '../../packages/server/src/files/add-file-row.ts'
import { createClientFiles } from '../../packages/server/src/files/client-files.ts'
import { openFileStore } from '../../packages/server/src/files/open-file-store.ts'
import { AppError } from '../../packages/server/src/kernel/app-error.ts'
import { fixedClock } from '../../packages/server/src/kernel/clock.ts'
import { createPepper } from '../../packages/server/src/keys/pepper.ts'
import { readWallet } from '../../packages/server/src/ledger/balance.ts'
import type { DatabaseTransaction } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { mergeGuest } from '../../packages/server/src/users/merge-guest.ts'
import { addPeople, openTestStore, type TestStore } from '../test-store.ts'

/** What happens to a guest at two servers at once: one transaction is open while the other begins. */
let store: TestStore
const [guest, account] = ['usr_guest', 'usr_account']
const [ada, eve] = ['ada@example.com', 'eve@example.com']

beforeEach(async () => {
  store = await openTestStore(inject('postgresUrl'))
  await addPeople(store.db, [guest, account])
  await store.db.updateTable('users').set({ email: ada }).where('id', '=', account).execute()
})
afterEach(async () => {
  expect((await verifyBooks(store.db)).differences).toEqual([])
  await store.close()
})

async function open(id: string): Promise<void> {
  await store.db
    .insertInto('purchases')
    .values({
      ...{ id, partner_id: 'par_1', user_id: guest, key_id: `key_${guest}`, mode: 'embedded', status: 'open' },
      ...{ amount_minor: 1000, currency: 'usd', credits_microcredits: 1000, created_at_ms: 0, expires_at_ms: 9 },
      stripe_session_id: `cs_${id}`,
    })
    .execute()
}

const credit = (transaction: DatabaseTransaction, id: string, email = ada) =>
  fulfilPurchase(
    transaction,
    {
      ...({ sessionId: `cs_${id}`, purchaseId: id, paymentIntentId: `pi_${id}`, status: 'complete', email } as const),
      ...{ isPaid: true, hasFailed: false, isPayment: true, isLivemode: false, isOfLiveWorld: true },
      ...{ amountMinor: 1000, currency: 'usd' },
    },
    1,
  )

const merge = () =>
  transact(store.db, (transaction) => mergeGuest(transaction, { guestUserId: guest, accountUserId: account }, 2))

/** Runs `second` while the transaction of `first` is still open, for as long as it takes to run into its locks. */
async function overlap<Result>(first: (transaction: DatabaseTransaction) => Promise<unknown>, second: () => Result) {
  let begun: Result | undefined
  await transact(store.db, async (transaction) => {
    await first(transaction)
    begun ??= second()
    await new Promise((wait) => setTimeout(wait, 300))
  })
  return begun
}

const balances = async () =>
  Promise.all([guest, account].map(async (id) => (await readWallet(store.db, id)).postedMicrocredits))

describe('a guest who signs in', () => {
  it('has what is paid at the same moment, though it is the first that the guest ever had', async () => {
    await open('pur_1')
    expect(await overlap((transaction) => credit(transaction, 'pur_1'), merge)).toBe(true)
    expect(await balances()).toEqual([0, 1000])
  })

  it('has what was opened with the old key a moment later, at a server that still knew it as the guest’s', async () => {
    await merge()
    await open('pur_1')
    await transact(store.db, (transaction) => credit(transaction, 'pur_1'))
    expect(await balances()).toEqual([0, 1000])
    expect(await store.run('select user_id from purchases')).toEqual([{ user_id: account }])
  })

  it('has the file that is uploaded at the same moment, though it is the first that the guest ever had', async () => {
    const owner = { user_id: guest, partner_id: 'par_1' }
    await store.db
      .insertInto('file_keys')
      .values({ ...owner, id: 'fk_1', wrapped_key: 'wrapped', created_at_ms: 0 })
      .execute()
    const file = { ...owner, id: 'file_1', key_id: 'fk_1', content_hash: 'hash', filename: 'sealed' }
    const addition = { limits: { userBytesMax: 100, userFilesMax: 10 }, nowMs: 1 }
    const merged = await overlap(
      (transaction) =>
        addFileRow(transaction, { ...file, mime_type: 'text/plain', size_bytes: 7, created_at_ms: 1 }, addition),
      merge,
    )
    expect(merged).toBe(true)
    expect(await store.run('select user_id from files')).toEqual([{ user_id: account }])
    expect(await store.run('select user_id, bytes from file_bytes')).toMatchObject([{ user_id: account }])
  })

  it('has the output of the batch that is found to have ended at the same moment', async () => {
    const { db } = store
    const clock = fixedClock(5)
    const files = createClientFiles({
      ...{ db, clock, pepper: createPepper('a pepper'), store: openFileStore({ kind: 'postgres' }, { db, clock }) },
      ...{ isOn: true, readRemote: async () => null, onUncounted: () => {} },
      limits: { userBytesMax: 100, userFilesMax: 10 },
    })
    const made = { id: 'batch_1', user_id: guest, partner_id: 'par_1', key_id: `key_${guest}`, provider: 'openai' }
    const batch = await db
      .insertInto('batches')
      .values({
        ...{ ...made, kind: 'openai', provider_key_hash: 'hash', state: 'in_progress', items: 1, prices: '[]' },
        ...{ hold_microcredits: 0, share_basis_points: 0, fee_basis_points: 0, created_at_ms: 0, expires_at_ms: 0 },
        ...{ next_poll_at_ms: 0, settled_at_ms: 1 },
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const told = { upstreamId: 'up_1', hasEnded: true, isCanceling: false, items: 1, createdAtMs: 0, tag: 'batch_1' }
    const end = { output_file_id: 'file-of-provider' }
    const details = await overlap(
      (transaction) => mergeGuest(transaction, { guestUserId: guest, accountUserId: account }, 2),
      () => addOutputFiles({ db, files, clock }, batch, { ...told, expiresAtMs: null, endedAtMs: 1, end }),
    )
    const [file] = await store.run('select id, user_id from files')
    expect(file).toMatchObject({ user_id: account })
    expect(JSON.parse(details ?? '')).toMatchObject({ output_file_id: file?.id })
  })
})

describe('a claim', () => {
  it('does not take what another has paid for while its own payment is being disputed', async () => {
    for (const [id, email] of [
      ['pur_1', ada],
      ['pur_2', eve],
    ] as const) {
      await open(id)
      await transact(store.db, (transaction) => credit(transaction, id, email))
    }
    const dispute = { kind: 'disputes', id: 'dp_1', paymentIntentId: 'pi_pur_1', status: 'needs_response' } as const
    const takeBack = { ...dispute, amountMinor: 1000, currency: 'usd', seenAtMs: 3, isOfLiveWorld: true }
    const claim = { purchaseId: 'pur_1', email: ada, accountUserId: account, by: { requestId: 'req_1' } }
    const claimed = await overlap(
      (transaction) => recordTakeBack(transaction, takeBack, 3),
      () =>
        transact(store.db, (transaction) => claimPurchase(transaction, claim, 4)).catch((error: unknown) =>
          error instanceof AppError ? error.code : error,
        ),
    )
    expect(await balances()).toEqual([1000, 0])
    expect(claimed).toBe('claim_refused')
  })
})
