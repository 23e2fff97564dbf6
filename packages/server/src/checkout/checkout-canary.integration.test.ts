import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openShop, type Shop } from './test-shop.ts'

let shop: Shop

beforeEach(async () => {
  shop = await openShop()
})

afterEach(async () => {
  await shop.booksAreRight()
  await shop.close()
})

describe('a canary', () => {
  it('finds no secret in any table or log line', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const answers = [await shop.create({ email: 'canary@example.com' }, headers), await shop.create({ mode: 'manual' })]
    await shop.create({ email: 'canary@example.com' }, headers)
    await shop.create({ amount: 11 }, { 'x-user-key': String(answers[0]?.body.user_key) })
    await shop.sandbox.stripe.control.failNextCalls(1, 400)
    await shop.create({ email: 'canary@example.com' })
    const everything = (await dumpTables()) + shop.logs()
    const secrets = answers.flatMap(({ body }) => [body.user_key, body.client_secret, body.checkout_url])
    for (const secret of [...secrets, 'canary@example.com']) {
      if (typeof secret === 'string') expect(everything).not.toContain(secret)
    }
    expect(everything).toContain(String(answers[0]?.body.session_id))
  })
})

async function dumpTables(): Promise<string> {
  const tables = await shop.db.introspection.getTables()
  const rows = await Promise.all(
    tables.map(({ name }) => sql`select * from ${sql.table(name)}`.execute(shop.db).then((result) => result.rows)),
  )
  return JSON.stringify(rows)
}
