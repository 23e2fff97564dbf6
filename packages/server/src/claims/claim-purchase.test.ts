import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyBooks } from '../audit/verify-books.ts'
import { dayMs } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import { createPepper } from '../keys/pepper.ts'
import { readWallet } from '../ledger/balance.ts'
import { walletAccount } from '../ledger/chart-of-accounts.ts'
import { postTransfers } from '../ledger/post-transfers.ts'
import { createPartner } from '../partners/save-partner.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { createGuest, findOrCreateAccount } from '../users/find-user.ts'
import { claimLinkLifetimeMs, createClaimLink, useClaimLink } from './claim-link.ts'
import { claimPurchase } from './claim-purchase.ts'
import { findClaimable } from './find-claimable.ts'
import { handOverPurchase } from './hand-over-purchase.ts'

const pepper = createPepper('a pepper')
const email = 'ada@example.com'
const nowMs = 1_800_000_000_000
const by = { requestId: 'req_1', address: '192.0.2.1' }

let store: TestDatabase
let partnerId: string

beforeEach(async () => {
  store = await openTestDatabase()
  const terms = { name: 'Acme', email: 'p@example.com', shareBasisPoints: 0, allowedModels: null, origins: [] }
  const more = { logoUrl: null, accentColor: null, isActive: true }
  const deps = { db: store.db, pepper, shareBasisPointsMax: 10_000 }
  partnerId = (await createPartner(deps, { ...terms, ...more }, nowMs)).id
})

afterEach(async () => {
  expect((await verifyBooks(store.db)).differences).toEqual([])
  await store.close()
})

const guest = () => transact(store.db, (transaction) => createGuest(transaction, true, nowMs))
const account = () =>
  transact(store.db, (transaction) => findOrCreateAccount(transaction, { email, livemode: true }, nowMs))
const posted = async (userId: string) => (await readWallet(store.db, userId)).postedMicrocredits

async function pay(id: string, userId: string, payer: string | null = email): Promise<void> {
  await transact(store.db, async (transaction) => {
    const key = await issueUserKey(
      transaction,
      pepper,
      { userId, partnerId, livemode: true, source: 'checkout' },
      nowMs,
    )
    await transaction
      .insertInto('purchases')
      .values({
        ...{ id, partner_id: partnerId, user_id: userId, key_id: key.keyId, mode: 'embedded', status: 'complete' },
        ...{ amount_minor: 1000, currency: 'usd', credits_microcredits: 1000, email: payer, expires_at_ms: nowMs },
        ...{ stripe_session_id: `cs_${id}`, stripe_payment_intent_id: `pi_${id}`, created_at_ms: nowMs },
        completed_at_ms: nowMs + Number(id.slice(-1)),
      })
      .execute()
    await move(transaction, { id: `purchase:${id}`, from: 'operator:purchases', to: walletAccount(userId), by: id })
  })
}

type Transaction = Parameters<typeof postTransfers>[0]
type Account = Parameters<typeof postTransfers>[1][number]['debitAccount']
type Moved = { readonly id: string; readonly from: Account; readonly to: Account; readonly by: string }

async function move(transaction: Transaction, { id, from, to, by: causeId }: Moved, amount = 1000): Promise<void> {
  const code = id.startsWith('purchase') ? 'purchase' : id.startsWith('refund') ? 'refund' : 'grant'
  const amountMicrocredits = microcredits(amount)
  const transfer = { id, debitAccount: from, creditAccount: to, amountMicrocredits, code, causeId } as const
  await postTransfers(transaction, [transfer], nowMs)
}

/** A refund that has taken credits back. */
async function refund(purchaseId: string, userId: string, amount: number): Promise<void> {
  const id = `re_${purchaseId}`
  await transact(store.db, async (transaction) => {
    const state = { status: 'succeeded', revision: 1, updated_at_ms: nowMs, currency: 'usd', amount_minor: amount }
    const of = { id, purchase_id: purchaseId, stripe_payment_intent_id: `pi_${purchaseId}` }
    await transaction
      .insertInto('refunds')
      .values({ ...of, ...state, debited_microcredits: amount })
      .execute()
    await move(
      transaction,
      { id: `refund:${id}:1`, from: walletAccount(userId), to: 'operator:purchases', by: id },
      amount,
    )
  })
}

async function claim(purchaseId: string, claimEmail = email) {
  const accountUserId = await account()
  const wish = { purchaseId, email: claimEmail, accountUserId, by }
  return transact(store.db, (transaction) => claimPurchase(transaction, wish, nowMs))
}

const offers = async () =>
  (await findClaimable(store.db, { email, livemode: true })).map((one) => [one.purchase_id, one.credits * 1e6])
const refused = (code: string) => expect.objectContaining({ code })

describe('claimPurchase', () => {
  it('moves what is left, marks the purchase, and writes one act down, which the account may read', async () => {
    const from = await guest()
    await pay('pur_1', from)
    const to = await account()
    expect(await claim('pur_1')).toEqual({ purchaseIds: ['pur_1'], movedMicrocredits: 1000 })
    expect([await posted(from), await posted(to)]).toEqual([0, 1000])
    await expect(claim('pur_1')).rejects.toEqual(refused('claim_refused'))
    const acts = await store.db.selectFrom('audit_log').selectAll().where('action', '=', 'purchase.claimed').execute()
    expect(acts).toMatchObject([
      { actor_kind: 'user', actor_id: to, target_id: 'pur_1', user_id: to, request_id: 'req_1', address: '192.0.2.1' },
    ])
    expect(JSON.parse(acts[0]?.after ?? '')).toEqual({ credits: 0.001, purchases: ['pur_1'], guest_user_id: from })
    expect(JSON.stringify(acts)).not.toContain('@')
  })

  it('is held against its purchase by the check of the books', async () => {
    await pay('pur_1', await guest())
    await claim('pur_1')
    const rename = (claimedBy: string | null) =>
      store.db.updateTable('purchases').set({ claimed_by_user_id: claimedBy }).execute()
    const right = await account()
    await rename(null)
    expect((await verifyBooks(store.db)).differences).toMatchObject([{ kind: 'claim', id: 'claim:pur_1' }])
    await rename(right)
  })

  it('leaves a part of a refunded purchase, and all of its neighbour', async () => {
    const from = await guest()
    await pay('pur_1', from)
    await pay('pur_2', from)
    await refund('pur_1', from, 400)
    expect(await offers()).toEqual([
      ['pur_2', 1000],
      ['pur_1', 600],
    ])
    expect(await claim('pur_1')).toEqual({ purchaseIds: ['pur_2', 'pur_1'], movedMicrocredits: 1600 })
  })

  it('takes nothing of a purchase that was refunded whole, beside one that was not', async () => {
    const from = await guest()
    await pay('pur_1', from)
    await pay('pur_2', from)
    await refund('pur_1', from, 1000)
    expect(await offers()).toEqual([['pur_2', 1000]])
    await expect(claim('pur_1')).rejects.toEqual(refused('claim_refused'))
    expect(await posted(from)).toBe(1000)
  })

  it('offers nothing where all is spent, and a purchase of another address is not found', async () => {
    const from = await guest()
    await pay('pur_1', from)
    await pay('pur_2', await guest(), 'eve@example.com')
    await transact(store.db, (transaction) =>
      move(transaction, { id: 'grant:1', from: walletAccount(from), to: 'operator:grants', by: 'spent' }),
    )
    expect(await offers()).toEqual([])
    await expect(claim('pur_1')).rejects.toEqual(refused('claim_refused'))
    await expect(claim('pur_2')).rejects.toEqual(refused('not_found'))
    await expect(claim('pur_9')).rejects.toEqual(refused('not_found'))
  })

  it('takes at most what was paid for where others have paid, and the last of them gets the rest', async () => {
    const from = await guest()
    await pay('pur_1', from)
    await pay('pur_2', from, 'eve@example.com')
    await pay('pur_3', from, null)
    expect(await claim('pur_1')).toEqual({ purchaseIds: ['pur_1'], movedMicrocredits: 1000 })
    expect(await posted(from)).toBe(2000)
    expect(await claim('pur_2', 'eve@example.com')).toEqual({
      purchaseIds: ['pur_3', 'pur_2'],
      movedMicrocredits: 2000,
    })
  })

  it('is what the operator’s command does without an address, with its own act', async () => {
    const from = await guest()
    await pay('pur_1', from, null)
    const { userId } = await handOverPurchase(store.db, { purchase: 'cs_pur_1', email }, nowMs)
    expect([await posted(from), await posted(userId)]).toEqual([0, 1000])
    const acts = await store.db.selectFrom('audit_log').select(['action', 'actor_kind', 'user_id']).execute()
    expect(acts).toContainEqual({ action: 'purchase.handed_over', actor_kind: 'cli', user_id: userId })
  })
})

describe('useClaimLink', () => {
  const use = (token: string, atMs: number) =>
    transact(store.db, (transaction) => useClaimLink(transaction, pepper, token, atMs))

  it.each([
    [0, true],
    [claimLinkLifetimeMs - 1, true],
    [claimLinkLifetimeMs, false],
    [400 * dayMs, false],
  ])('after %i ms works: %s', async (ageMs, works) => {
    await pay('pur_1', await guest())
    const token = await createClaimLink(store.db, pepper, { purchaseId: 'pur_1', email }, nowMs)
    expect(token).toMatch(/^[\w-]{43}$/)
    const outcome = use(token, nowMs + ageMs)
    if (works) await expect(outcome).resolves.toEqual({ purchaseId: 'pur_1', email, createdAtMs: nowMs })
    else await expect(outcome).rejects.toEqual(refused('claim_link_invalid'))
    await expect(use(token, nowMs + ageMs)).rejects.toEqual(refused('claim_link_invalid'))
    const rows = await store.db.selectFrom('claim_links').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(token)
  })
})
