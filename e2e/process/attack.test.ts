import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Attack, allAttacks, largestBodyBytes, type Target } from '../attack/attacks.ts'
import { watchServer } from '../attack/watch-server.ts'
import type { Stack } from '../stack.ts'
import { buyCredits, call, direct, verifyLedger } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'

/**
 * Somebody without credits sends the worst that there is. `ATTACK=full` sends the largest bodies that are taken, for a
 * measurement on a quiet machine; here the bodies are smaller and the bounds are wide, since tests share their processors.
 */
const bodyBytes = process.env.ATTACK === 'full' ? largestBodyBytes : 6 * 1024 * 1024
const p99MsMax = 500
const megabytesMax = 1_024

let stack: Stack
let publishableKey: string
let payerKey: string

beforeAll(async () => {
  stack = await startProcessStack({ ADDRESS_REQUESTS_PER_MINUTE: '1000000', LOG_LEVEL: 'error' })
  const partner = stack.createPartner()
  publishableKey = partner.publishable_key
  // Bought before: afterwards this address has opened as many checkouts as it may.
  payerKey = (await buyCredits(stack, partner, 10)).userKey
})
afterAll(() => stack.close())

/** Another guest for each attack: what one has wasted is held against it for a while. */
async function createTarget(): Promise<Target> {
  const body = { publishable_key: publishableKey, amount: 10 }
  const guest = await call(stack, 'POST', '/v1/checkout/sessions', { body })
  return { port: Number(new URL(stack.url).port), userKey: String(guest.body.user_key) }
}

const attacks: readonly Attack[] = allAttacks({ bodyBytes, atOnce: 2, crowd: 64 })

it('the worst bodies of somebody without credits delay nobody else, and fit into memory', async () => {
  const watched = watchServer(direct(stack), stack.processId())
  for (const attack of attacks) {
    const statuses = await attack.run(await createTarget())
    // What is refused is refused in order: no attack makes the server fail.
    expect(statuses[500] ?? 0, attack.name).toBe(0)
  }
  const { answers, p50Ms, p99Ms, worstMs, peakMegabytes } = await watched.stop()
  console.info(
    `${attacks.length} attacks: health answered ${answers} times, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(0)} ms, worst ${worstMs.toFixed(0)} ms; at most ${peakMegabytes.toFixed(0)} MB`,
  )
  expect(p99Ms).toBeLessThan(p99MsMax)
  expect(peakMegabytes).toBeLessThan(megabytesMax)
}, 900_000)

it('afterwards the server serves as before, and its books are right', async () => {
  const body = { model: 'gpt-4o', max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] }
  expect((await call(stack, 'POST', '/v1/chat/completions', { key: payerKey, body })).status).toBe(200)
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
})
