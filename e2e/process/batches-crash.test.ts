import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { runOnStore } from '../test-store.ts'
import { balanceOf, until, verifyLedger } from './api-client.ts'
import * as client from './batch-client.ts'
import { type Caller, startCaller } from './caller.ts'

/** Servers that die at every step of a batch: nothing is charged twice, nothing is forgotten, no hold stays. */
let caller: Caller

beforeAll(async () => {
  caller = await startCaller({ BATCH_POLL_MS: '100' })
}, 60_000)

afterAll(() => caller.stack.close())

/** Many on one engine; on the other it is about its locks, not about its size. */
const isLarge = inject('postgresUrl') === undefined
const items = isLarge ? 5_000 : 400
const rounds = isLarge ? 3 : 1

it('kill -9 while a batch with every ending is settled by two servers', async () => {
  const { stack, key } = caller
  const control = stack.sandbox.providers.control
  await control.planBatches({ isLineDoubled: true, isReshuffled: true })
  const before = await balanceOf(stack, key)
  const endings = ['', 'batch:errored', '', 'batch:expired', 'cache-read=300', 'batch:canceled', '', '']
  const contents = Array.from({ length: items }, (_, at) => `[[sandbox: tokens=${1 + (at % 7)} ${endings[at % 8]}]]`)
  const other = await stack.startAnother()
  await client.makeBatch(stack, key, contents)
  let { held } = await balanceOf(stack, key)
  let deathsOnTheWay = 0
  // Both die as soon as some of it is settled: each time the rest is for those that come after.
  for (let round = 0; round < rounds && held > 0; round += 1) {
    await until(async () => (await balanceOf(stack, key)).held < held, 60_000)
    await Promise.all([stack.kill('SIGKILL'), other.kill('SIGKILL')])
    await Promise.all([stack.restart(), other.restart()])
    held = (await balanceOf(stack, key)).held
    if (held > 0) deathsOnTheWay += 1
  }
  await client.untilSettled(stack, key, 60_000)
  const due = (await control.billedItems()).reduce((sum, item) => sum + client.trueBatchCharge(item), 0)
  const after = await balanceOf(stack, key)
  expect(client.microcreditsOf(before) - client.microcreditsOf(after)).toBe(due)
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  // It was not over before they died.
  if (isLarge) expect(deathsOnTheWay).toBeGreaterThan(0)
}, 90_000)

it('kill -9 while a batch is made: it is found at the provider, or was never there', async () => {
  const { stack, key } = caller
  const control = stack.sandbox.providers.control
  await control.clear()
  const before = await balanceOf(stack, key)
  for (const afterMs of isLarge ? [15, 60] : [30]) {
    const asked = client.makeBatch(stack, key, Array(300).fill('[[sandbox: tokens=2]]')).catch(() => null)
    await new Promise((wait) => setTimeout(wait, afterMs))
    await stack.kill('SIGKILL')
    await asked
    await stack.restart()
  }
  // What the provider has is settled; what never reached it is given back once it cannot be there any more.
  const made = (await control.batches()).filter(({ customIds }) => customIds.length === 300).length
  const isFound = async () => {
    const report = verifyLedger(stack)
    return Number(report.openHolds) === 0 || (await control.billedItems()).length === made * 300
  }
  await until(isFound, 30_000)
  await new Promise((wait) => setTimeout(wait, 500))
  const older =
    "update batches set created_at_ms = created_at_ms - 93600000, next_poll_at_ms = 0 where state = 'sending'"
  await runOnStore(stack.environment.DATABASE_URL ?? '', older)
  await client.untilSettled(stack, key, 30_000)
  const due = (await control.billedItems()).reduce((sum, item) => sum + client.trueBatchCharge(item), 0)
  expect(client.microcreditsOf(before) - client.microcreditsOf(await balanceOf(stack, key))).toBe(due)
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
}, 90_000)
