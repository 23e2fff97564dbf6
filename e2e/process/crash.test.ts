import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, buyCredits, call, direct, until, verifyLedger } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'

let stack: Stack
let partner: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack()
  partner = stack.createPartner()
}, 60_000)

afterAll(() => stack.close())

it('kill -9 in the middle of 60 streams: every finished call is charged, no hold stays, the books are right', async () => {
  const { userKey } = await buyCredits(stack, partner, 100)
  const outcomes = Array.from({ length: 60 }, (_, index) => stream(userKey, index < 20 ? 5 : 400))
  await Promise.all(outcomes.slice(0, 20).map((outcome) => outcome.finished))
  // All of them have reached the provider by now, and forty are far from their end.
  await Promise.all(outcomes.map((outcome) => outcome.begun))
  await stack.kill('SIGKILL')
  const finished = (await Promise.all(outcomes.map((outcome) => outcome.finished))).filter(
    (requestId) => requestId !== null,
  )
  expect(finished.length).toBeGreaterThanOrEqual(20)
  expect(finished.length).toBeLessThan(60)

  await stack.restart()
  await until(async () => (await balanceOf(stack, userKey)).held === 0)
  for (const requestId of finished) {
    const record = await call(stack, 'GET', `/v1/credits/requests/${requestId}`, { key: userKey })
    expect(record.body.charge, `request ${requestId}`).toBeGreaterThan(0)
  }
  const history = await call(stack, 'GET', '/v1/credits/history?limit=200', { key: userKey })
  const entries = history.body.data as readonly { readonly credits: number }[]
  const sum = entries.reduce((total, entry) => total + Math.round(entry.credits * 1_000_000), 0)
  expect(sum).toBe(Math.round((await balanceOf(stack, userKey)).balance * 1_000_000))
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  // The provider has worked for those that were cut, too: they are charged by what was marked, and say so.
  const usage = (history.body.data as readonly { type: string; estimated: boolean; request_id: string }[]).filter(
    ({ type }) => type === 'usage',
  )
  expect(usage).toHaveLength(60)
  const recovered = usage.filter(({ estimated }) => estimated)
  expect(recovered.length).toBe(60 - finished.length)
  const record = await call(stack, 'GET', `/v1/credits/requests/${recovered[0]?.request_id}`, { key: userKey })
  expect(record.body).toMatchObject({ ending: 'recovered', status: 'settled', charge: expect.any(Number) })
  expect(record.body.charge).toBeGreaterThan(0)
}, 120_000)

it('kill -9 of calls that have shown nothing: their time is charged, at most what was held, and marked', async () => {
  const { userKey } = await buyCredits(stack, partner, 100)
  const lines = [
    ['claude-opus-5-5', { stream: true }],
    ['o3', { stream: true }],
    ['o3', {}],
    ['gpt-4o', {}],
    // What shows all that it generates has shown nothing, and is charged for its prompt.
    ['gpt-4o', { stream: true }],
  ] as const
  const asked = lines.map(([model, more]) =>
    call(stack, 'POST', '/v1/chat/completions', {
      key: userKey,
      body: { model, ...more, max_tokens: 3000, messages: [{ role: 'user', content: 'Think [[sandbox: hang]]' }] },
    }).catch(() => null),
  )
  // Marks are made every two seconds.
  await new Promise((wait) => setTimeout(wait, 6_000))
  await stack.kill('SIGKILL')
  await Promise.all(asked)
  await stack.restart()
  await until(async () => (await balanceOf(stack, userKey)).held === 0)
  const history = await call(stack, 'GET', '/v1/credits/history', { key: userKey })
  const entries = (history.body.data as readonly { type: string; request_id: string }[]).filter(
    ({ type }) => type === 'usage',
  )
  expect(entries).toHaveLength(lines.length)
  for (const { request_id: id } of entries) {
    const { body } = await call(stack, 'GET', `/v1/credits/requests/${id}`, { key: userKey })
    expect(body).toMatchObject({ ending: 'recovered', estimated: true, paid_by_operator: 0 })
    const { output } = body.tokens as { readonly output: number }
    if (body.model === 'openai/gpt-4o' && body.stream === true) expect(output).toBe(0)
    else expect(output).toBeGreaterThan(150)
    expect(output).toBeLessThan(10 * 130)
    expect(body.charge).toBeLessThanOrEqual(Number(body.held))
  }
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
}, 120_000)

it('SIGTERM lets the calls in flight end and charges them', async () => {
  const { userKey } = await buyCredits(stack, partner, 10)
  const running = stream(userKey, 40)
  await running.begun
  const stopped = stack.kill('SIGTERM')
  const requestId = await running.finished
  await stopped
  expect(requestId).not.toBeNull()
  await stack.restart()
  const record = await call(stack, 'GET', `/v1/credits/requests/${requestId}`, { key: userKey })
  expect(record.body.charge).toBeGreaterThan(0)
}, 60_000)

/** Resolves with the request's id when the client saw `[DONE]`, with null when the stream was cut. */
function stream(userKey: string, tokens: number): { begun: Promise<void>; finished: Promise<string | null> } {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const read = async () => {
    const response = await fetch(`${direct(stack)}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-key': userKey },
      body: JSON.stringify({
        model: 'openai/gpt-4o-mini',
        stream: true,
        max_tokens: 1000,
        messages: [{ role: 'user', content: `Go on [[sandbox: tokens=${tokens} delay=20]]` }],
      }),
    })
    let text = ''
    const decoder = new TextDecoder()
    for await (const bytes of response.body ?? []) {
      begin()
      text += decoder.decode(bytes, { stream: true })
      if (text.includes('data: [DONE]')) return response.headers.get('request-id')
    }
    return null
  }
  return { begun, finished: read().catch(() => null) }
}
