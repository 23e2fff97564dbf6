import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { microcredits } from '../../packages/server/src/kernel/microcredits.ts'
import { changeConsent } from '../../packages/server/src/keys/consents.ts'
import { readWallet } from '../../packages/server/src/ledger/balance.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { call, until, verifyLedger } from './api-client.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { signInTo } from './sign-in.ts'

/** What somebody tried who wanted more than is theirs. */
let stack: Stack
let app: PartnerKeys
let store: PeopleStore

beforeAll(async () => {
  stack = await startProcessStack()
  store = openPeopleStore(stack)
  app = stack.createPartner()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  await store.close()
  await stack.close()
})

const someone = () => `${randomUUID()}@example.com`

it('an app’s limit that a purchase raised falls again with its refund or dispute, unless the user has set it since', async () => {
  const email = someone()
  const userId = await store.give(email, 700)
  const { userKey: key } = await signInTo(stack, app, email, { budget: 10 })
  const limitIs = (budget: number) =>
    until(async () => {
      const { body } = await call(stack, 'GET', '/v1/keys', { key })
      return (body.data as { budget: number }[])[0]?.budget === budget
    }, 5_000)
  const body = { publishable_key: app.publishable_key, amount: 5 }
  const bought = String((await call(stack, 'POST', '/v1/checkout/sessions', { key, body })).body.session_id)
  const { pay, refund, dispute, closeDispute } = stack.sandbox.stripe.control
  await pay(bought)
  await limitIs(510)
  await refund(bought, 200)
  await limitIs(310)
  const disputeId = await dispute(bought)
  await limitIs(10)
  await closeDispute(disputeId, 'won')
  await limitIs(310)
  const change = { partnerId: app.id, changes: { budget: microcredits(50e6) }, by: { userId } }
  await transact(store.db, (transaction) => changeConsent(transaction, change, Date.now()))
  await refund(bought, 300)
  await until(async () => (await readWallet(store.db, userId)).postedMicrocredits === 700e6)
  await limitIs(50)
})
