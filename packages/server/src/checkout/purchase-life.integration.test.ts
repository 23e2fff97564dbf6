import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { verifyBooks } from '../audit/verify-books.ts'
import { newId } from '../kernel/ids.ts'
import { readWallet } from '../ledger/balance.ts'
import { seedPeople } from '../ledger/test-ledger.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { fulfilPurchase } from './fulfil-purchase.ts'
import { asStripeEvent, type TestEvent, testEvent } from './stripe/test-stripe-events.ts'
import { toPaidSession } from './stripe/to-paid-session.ts'
import { receiveEvent } from './stripe/webhook-inbox.ts'

/** Whatever order, number or time its messages come in: a purchase ends where a model of ten lines says. */

let store: TestDatabase

beforeAll(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
})

afterAll(() => store.close())

const amountMinor = 1000
/** Each cent bought 1 000 000.001 microcredits, so that parts of it leave fractions. */
const creditsMicrocredits = 1_000_000_001

interface Claim {
  readonly kind: 'refund' | 'dispute'
  readonly amount: number
  /** In the order in which Stripe goes through them; some within one second. */
  readonly statuses: readonly string[]
}

interface Life {
  readonly payment: 'at once' | 'delayed' | 'delayed and failed' | 'never'
  readonly claims: readonly Claim[]
}

const refundLives = [
  ['succeeded'],
  ['pending'],
  ['pending', 'succeeded'],
  ['pending', 'succeeded', 'failed'],
  ['requires_action', 'canceled'],
]
const disputeLives = [
  ['needs_response'],
  ['warning_needs_response', 'warning_under_review', 'warning_closed'],
  ['warning_needs_response', 'needs_response', 'under_review'],
  ['needs_response', 'under_review', 'won'],
  ['needs_response', 'under_review', 'lost'],
  ['needs_response', 'lost', 'appeal_under_review', 'won'],
  ['prevented'],
]
const amount = fc.integer({ min: 1, max: amountMinor })
const claim = fc.oneof(
  fc.record({ kind: fc.constant('refund' as const), amount, statuses: fc.constantFrom(...refundLives) }),
  fc.record({ kind: fc.constant('dispute' as const), amount, statuses: fc.constantFrom(...disputeLives) }),
)
const life: fc.Arbitrary<Life> = fc.record({
  payment: fc.constantFrom('at once', 'at once', 'delayed', 'delayed and failed', 'never'),
  claims: fc.array(claim, { maxLength: 4 }),
})

/** The model: what the messages say in the end, however they came. */
function expectedBalance({ payment, claims }: Life): number {
  if (payment !== 'at once' && payment !== 'delayed') return 0
  const harmless = ['failed', 'canceled', 'won', 'prevented']
  const taken = claims
    .filter(({ statuses }) => !harmless.includes(statuses.at(-1) ?? '') && !statuses.at(-1)?.startsWith('warning_'))
    .reduce((sum, one) => sum + one.amount, 0)
  const part = (BigInt(creditsMicrocredits) * BigInt(Math.min(taken, amountMinor))) / BigInt(amountMinor)
  return creditsMicrocredits - Number(part)
}

it('ends the same in every order of its messages, each once or more often', async () => {
  await fc.assert(
    fc.asyncProperty(life, fc.array(fc.nat(), { minLength: 80, maxLength: 80 }), async (drawn, dice) => {
      const { userId, purchaseId } = await writePurchase()
      const events = shuffled(messagesOf(drawn, purchaseId), dice)
      for (const [index, event] of events.entries()) {
        await receiveEvent(store.db, { event: asStripeEvent(event), isOfLiveWorld: true }, 1)
        // Polls ask Stripe itself in between: the newest session is what they see.
        if ((dice[index] ?? 0) % 5 === 0) await poll(drawn, purchaseId)
      }
      expect((await readWallet(store.db, userId)).postedMicrocredits).toBe(expectedBalance(drawn))
      expect((await verifyBooks(store.db)).differences).toEqual([])
    }),
    { numRuns: 300 },
  )
}, 120_000)

let people = 0

async function writePurchase(): Promise<{ userId: string; purchaseId: string }> {
  people += 1
  const userId = `life-${people}`
  const purchaseId = newId('pur')
  await store.db
    .insertInto('users')
    .values({ id: userId, email: null, merged_into_user_id: null, created_at_ms: 0 })
    .execute()
  await store.db
    .insertInto('purchases')
    .values({
      id: purchaseId,
      partner_id: 'P1',
      user_id: userId,
      key_id: 'K1',
      mode: 'embedded',
      status: 'open',
      amount_minor: amountMinor,
      currency: 'usd',
      credits_microcredits: creditsMicrocredits,
      is_livemode: 0,
      stripe_session_id: `cs_${purchaseId}`,
      stripe_payment_intent_id: null,
      failure: null,
      created_at_ms: 0,
      expires_at_ms: 3_600_000,
      completed_at_ms: null,
    })
    .execute()
  return { userId, purchaseId }
}

function sessionOf(purchaseId: string, change: Record<string, unknown>): Record<string, unknown> {
  return {
    id: `cs_${purchaseId}`,
    object: 'checkout.session',
    mode: 'payment',
    ui_mode: 'embedded_page',
    status: 'complete',
    payment_status: 'unpaid',
    amount_total: amountMinor,
    currency: 'usd',
    livemode: false,
    metadata: { purchase_id: purchaseId },
    payment_intent: `pi_${purchaseId}`,
    ...change,
  }
}

function messagesOf({ payment, claims }: Life, purchaseId: string): readonly TestEvent[] {
  const session = (type: string, change: Record<string, unknown> = {}) =>
    testEvent(`checkout.session.${type}`, sessionOf(purchaseId, change))
  const paid = { payment_status: 'paid' }
  const sessions = {
    'at once': [session('completed', paid)],
    delayed: [session('completed'), session('async_payment_succeeded', paid)],
    'delayed and failed': [session('completed'), session('async_payment_failed')],
    never: [session('expired', { status: 'expired', payment_intent: null })],
  }[payment]
  return [...sessions, ...claims.flatMap((one, index) => messagesOfClaim(one, `${purchaseId}_${index}`, purchaseId))]
}

function messagesOfClaim({ kind, amount: claimed, statuses }: Claim, id: string, purchaseId: string): TestEvent[] {
  return statuses.map((status, step) =>
    testEvent(
      kind === 'refund' ? 'refund.updated' : 'charge.dispute.updated',
      {
        id: `${kind === 'refund' ? 're' : 'du'}_${id}`,
        object: kind,
        amount: claimed,
        currency: 'usd',
        status,
        payment_intent: `pi_${purchaseId}`,
        metadata: {},
      },
      // Two states within a second of Stripe's clock, where they can be told apart by what they are.
      { created: 1_800_000_000 + (statuses.length === 2 ? 0 : step) },
    ),
  )
}

/** A permutation with some messages twice, as the dice say. */
function shuffled(messages: readonly TestEvent[], dice: readonly number[]): readonly TestEvent[] {
  const all = [...messages, ...messages.filter((_message, index) => (dice[index + 20] ?? 0) % 3 === 0)]
  return all
    .map((message, index) => ({ message, at: dice[index + 40] ?? 0 }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ message }) => message)
}

async function poll({ payment }: Life, purchaseId: string): Promise<void> {
  const isPaid = payment === 'at once' || payment === 'delayed'
  const change = isPaid ? { payment_status: 'paid' } : { status: 'open', payment_intent: null }
  const session = asStripeEvent(testEvent('x', sessionOf(purchaseId, change))).data.object
  if (!('object' in session) || session.object !== 'checkout.session') throw new Error('no session')
  await transact(store.db, (transaction) => fulfilPurchase(transaction, toPaidSession(session, true), 1))
}
