import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dayMs, minuteMs } from '../../kernel/clock.ts'
import { openTestDatabase, type TestDatabase } from '../../store/test-database.ts'
import { transact } from '../../store/transact.ts'
import { areMailsDue, forgetMail, mailTriesMax, queueMail, takeDueMails } from './outbox.ts'

const mail = { kind: 'low_balance', userId: 'usr_1', balance: 3.5 } as const
let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
})
afterEach(() => store.close())

describe('the outbox', () => {
  it('has a mail exactly if the transaction of its cause commits', async () => {
    const failing = transact(store.db, async (transaction) => {
      await queueMail(transaction, mail, 0)
      throw new Error('the cause failed')
    })
    await expect(failing).rejects.toThrow('the cause failed')
    expect(await areMailsDue(store.db, 1)).toBe(false)
    await transact(store.db, (transaction) => queueMail(transaction, mail, 0))
    expect(await takeDueMails(store.db, 10, 0)).toMatchObject([{ mail, tries: 1 }])
  })

  it('tries again later and later, and not before', async () => {
    await transact(store.db, (transaction) => queueMail(transaction, mail, 0))
    const triedAtMs: number[] = []
    for (let nowMs = 0; nowMs <= dayMs; nowMs += minuteMs)
      if ((await takeDueMails(store.db, 10, nowMs)).length > 0) triedAtMs.push(nowMs / minuteMs)
    expect(triedAtMs.slice(0, mailTriesMax)).toEqual([0, 1, 6, 36, 156, 516, 1236])
  })

  it('keeps nothing of a mail that is done with', async () => {
    await transact(store.db, (transaction) => queueMail(transaction, mail, 0))
    const [due] = await takeDueMails(store.db, 10, 0)
    await forgetMail(store.db, due?.id ?? '')
    expect(await store.db.selectFrom('mail_outbox').selectAll().execute()).toEqual([])
  })
})
