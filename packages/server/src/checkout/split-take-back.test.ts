import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyBooks } from '../audit/verify-books.ts'
import { claimPurchase } from '../claims/claim-purchase.ts'
import { AppError } from '../kernel/app-error.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { readBalances, readWallet } from '../ledger/balance.ts'
import { walletAccount } from '../ledger/chart-of-accounts.ts'
import { postTransfers } from '../ledger/post-transfers.ts'
import { seedPeople } from '../ledger/test-ledger.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { mergeGuest } from '../users/merge-guest.ts'
import { recordTakeBack } from './take-back.ts'

const [ada, eve] = ['ada@example.com', 'eve@example.com']
const owned = 500
let store: TestDatabase
let runs = 0

beforeAll(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
})
afterAll(() => store.close())

type Transfer = Parameters<typeof postTransfers>[1][number]

const post = (id: string, transfer: Omit<Transfer, 'id' | 'causeId' | 'amountMicrocredits'>, amount: number) =>
  transact(store.db, (transaction) =>
    postTransfers(
      transaction,
      [{ ...transfer, id, causeId: id.replace(/^purchase:/, ''), amountMicrocredits: microcredits(amount) }],
      1,
    ),
  )

/** A guest, and an account with credits of its own. */
async function makePeople() {
  runs += 1
  const [guest, account] = [`G${runs}`, `A${runs}`]
  for (const id of [guest, account])
    await store.db
      .insertInto('users')
      .values({ id, email: id === account ? `${id}@example.com` : null, created_at_ms: 0 })
      .execute()
  const ids = { id: `${guest}K`, secret_hash: guest, last_four: '0000', user_id: guest, partner_id: 'P1' }
  await store.db
    .insertInto('keys')
    .values({ ...ids, kind: 'user', source: 'checkout', created_at_ms: 0 })
    .execute()
  await post(
    `grant:${account}`,
    { debitAccount: 'operator:grants', creditAccount: walletAccount(account), code: 'grant' },
    owned,
  )
  return { guest, account }
}

type People = Awaited<ReturnType<typeof makePeople>>

async function pay(guest: string, number: number, email = ada): Promise<string> {
  const id = `pur_${guest}_${number}`
  await store.db
    .insertInto('purchases')
    .values({
      ...{ id, partner_id: 'P1', user_id: guest, key_id: `${guest}K`, mode: 'embedded', status: 'complete', email },
      ...{ amount_minor: 1000, currency: 'usd', credits_microcredits: 1000, created_at_ms: 0, expires_at_ms: 0 },
      ...{ stripe_session_id: `cs_${id}`, stripe_payment_intent_id: `pi_${id}`, completed_at_ms: number },
    })
    .execute()
  const sold = { debitAccount: 'operator:purchases', creditAccount: walletAccount(guest), code: 'purchase' } as const
  await post(`purchase:${id}`, sold, 1000)
  return id
}

const spend = (guest: string, amount: number) =>
  post(
    `grant:spent:${guest}`,
    { debitAccount: walletAccount(guest), creditAccount: 'operator:grants', code: 'grant' },
    amount,
  )

interface Message {
  readonly kind: 'refunds' | 'disputes'
  readonly id: string
  readonly amountMinor: number
  readonly status: string
}

let seenAtMs = 0
const takeBack = (purchaseId: string, { id, ...message }: Message) =>
  transact(store.db, (transaction) => {
    seenAtMs += 1
    const of = { paymentIntentId: `pi_${purchaseId}`, currency: 'usd', seenAtMs, isOfLiveWorld: true }
    return recordTakeBack(transaction, { ...message, ...of, id: `${id}_${purchaseId}` }, 1)
  })

const claim = (purchaseId: string, accountUserId: string, email = ada) =>
  transact(store.db, (transaction) =>
    claimPurchase(transaction, { purchaseId, email, accountUserId, by: { requestId: 'r', address: 'a' } }, 1),
  )

/** False where nothing may be claimed. */
const isClaimed = (purchaseId: string, accountUserId: string) =>
  claim(purchaseId, accountUserId).then(
    () => true,
    (error) => {
      if (error instanceof AppError && error.code === 'claim_refused') return false
      throw error
    },
  )

const merge = ({ guest, account }: People) =>
  transact(store.db, (transaction) => mergeGuest(transaction, { guestUserId: guest, accountUserId: account }, 1))

const posted = async (userId: string) => (await readWallet(store.db, userId)).postedMicrocredits
const shortfall = async () => Number((await readBalances(store.db)).get('operator:shortfall') ?? 0n)
const booksAreRight = async () => expect((await verifyBooks(store.db)).differences).toEqual([])

describe('a guest’s purchase that came to an account', () => {
  it.each([
    ['nothing was spent: the account pays all', { spent: 0, before: 0 }, 1000, [500, 0]],
    ['900 were spent: it pays the 100 that came along', { spent: 900, before: 0 }, 1000, [500, -900]],
    ['all but a part refunded before', { spent: 300, before: 400 }, 600, [500, -300]],
    ['half refunded by the operator: out of what came along', { spent: 600, before: 0 }, 500, [500, -100]],
  ])('%s', async (_label, { spent, before }, refunded, [left, paid]) => {
    const [people, shortBefore] = [await makePeople(), await shortfall()]
    const id = await pay(people.guest, 1)
    if (spent > 0) await spend(people.guest, spent)
    if (before > 0) await takeBack(id, { kind: 'refunds', id: 're_0', amountMinor: before, status: 'succeeded' })
    await claim(id, people.account)
    const brought = (await posted(people.account)) - owned
    await takeBack(id, { kind: 'refunds', id: 're_1', amountMinor: refunded, status: 'succeeded' })
    expect([await posted(people.account), (await shortfall()) - shortBefore]).toEqual([left, paid])
    await booksAreRight()
    await takeBack(id, { kind: 'refunds', id: 're_1', amountMinor: refunded, status: 'failed' })
    expect([await posted(people.account), (await shortfall()) - shortBefore]).toEqual([owned + brought, 0])
  })

  it('costs the account what came along at most, and comes back as it went, in any sequence', async () => {
    const message = fc.record({
      purchase: fc.integer({ min: 0, max: 1 }),
      kind: fc.constantFrom('refunds' as const, 'disputes' as const),
      amountMinor: fc.integer({ min: 1, max: 1000 }),
      isTaken: fc.boolean(),
    })
    const messages = fc.array(message, { maxLength: 4 })
    const way = fc.constantFrom('merge' as const, 'claim' as const)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), way, messages, messages, async (spent, by, before, after) => {
        const [people, shortBefore] = [await makePeople(), await shortfall()]
        const ids = [await pay(people.guest, 1), await pay(people.guest, 2)]
        await spend(people.guest, spent)
        const active = new Map<string, readonly [purchase: number, amount: number]>()
        const play = async (step: (typeof before)[number]) => {
          const { kind, purchase } = step
          const status = kind === 'refunds' ? (step.isTaken ? 'succeeded' : 'failed') : step.isTaken ? 'lost' : 'won'
          await takeBack(ids[purchase] ?? '', { kind, id: kind, amountMinor: step.amountMinor, status })
          active.set(`${kind}${purchase}`, [purchase, step.isTaken ? step.amountMinor : 0])
        }
        /** What the guest's wallet would have if it were still its own. */
        const own = () => {
          const takenOf = (of: number) =>
            [...active.values()].reduce((sum, [purchase, amount]) => sum + (purchase === of ? amount : 0), 0)
          return 2000 - spent - Math.min(1000, takenOf(0)) - Math.min(1000, takenOf(1))
        }
        for (const step of before) await play(step)
        expect(await posted(people.guest)).toBe(own())
        const isMoved = by === 'merge' ? await merge(people) : await isClaimed(ids[0] ?? '', people.account)
        for (const step of isMoved ? after : []) {
          await play(step)
          await booksAreRight()
        }
        if (!isMoved) return
        expect([await posted(people.account), await posted(people.guest)]).toEqual([owned + Math.max(0, own()), 0])
        expect((await shortfall()) - shortBefore).toBe(Math.min(0, own()))
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  it('of a wallet that others paid into, too: the guest’s wallet bears the rest as long as it is there', async () => {
    const people = await makePeople()
    const ids = [await pay(people.guest, 1), await pay(people.guest, 2, eve)]
    await spend(people.guest, 1400)
    await claim(ids[0] ?? '', people.account)
    expect([await posted(people.account), await posted(people.guest)]).toEqual([owned + 600, 0])
    const dispute = { kind: 'disputes', id: 'du', amountMinor: 1000 } as const
    await takeBack(ids[0] ?? '', { ...dispute, status: 'needs_response' })
    expect([await posted(people.account), await posted(people.guest)]).toEqual([owned, -400])
    await takeBack(ids[0] ?? '', { ...dispute, status: 'won' })
    expect([await posted(people.account), await posted(people.guest)]).toEqual([owned + 600, 0])
    const shortBefore = await shortfall()
    const other = await makePeople()
    await merge({ guest: people.guest, account: other.account })
    await takeBack(ids[0] ?? '', { ...dispute, id: 'du_2', status: 'lost' })
    expect([await posted(people.account), await posted(other.account)]).toEqual([owned, owned])
    expect((await shortfall()) - shortBefore).toBe(-400)
    await booksAreRight()
  })

  it('is held against the transfers by the check of the books', async () => {
    const people = await makePeople()
    const id = await pay(people.guest, 1)
    await spend(people.guest, 900)
    await claim(id, people.account)
    await takeBack(id, { kind: 'refunds', id: 're', amountMinor: 1000, status: 'succeeded' })
    const set = (posted: number, taken: number) =>
      store.db
        .updateTable('guest_moves')
        .set({ posted_microcredits: posted, taken_back_microcredits: taken })
        .where('guest_user_id', '=', people.guest)
        .execute()
    await set(1000, 1000)
    expect((await verifyBooks(store.db)).differences).toMatchObject([
      { kind: 'guest_move', expected: '100', actual: '1000' },
      { kind: 'guest_move_taken', expected: 'account 1000, guest 0', actual: 'account 100, guest 900' },
    ])
    await set(100, 1000)
    await booksAreRight()
  })

  it('takes what came along from the budget of the guest’s key, too', async () => {
    const people = await makePeople()
    const id = await pay(people.guest, 1)
    await merge(people)
    const dispute = { kind: 'disputes', id: 'du', amountMinor: 700 } as const
    const limit = async () =>
      (
        await store.db.selectFrom('keys').select('budget_microcredits').where('user_id', '=', people.account).execute()
      )[0]
    await takeBack(id, { ...dispute, status: 'needs_response' })
    expect(await limit()).toEqual({ budget_microcredits: 300 })
    await takeBack(id, { ...dispute, status: 'won' })
    expect(await limit()).toEqual({ budget_microcredits: 1000 })
  })
})
