import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
}, 60_000)

afterAll(() => caller.stack.close())

it('a server that drains takes no paid work on connections that are open, ends what runs, and leaves', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect((await answer(send(agent, 'GET', '/v1/health').end())).status).toBe(200)
  const running = fetch(`${direct(caller.stack)}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      stream: true,
      max_tokens: 500,
      messages: [{ role: 'user', content: 'Go on [[sandbox: tokens=100 delay=20]]' }],
    }),
  })
  const text = (await running).text()
  // A connection that rests is closed by the stop. This one is in the middle of a request: the server has its
  // headers, as the 100 shows, and waits for the body.
  const slow = send(agent, 'POST', '/v1/chat/completions', { expect: '100-continue' })
  slow.flushHeaders()
  await once(slow, 'continue')
  const stopped = caller.stack.kill('SIGTERM')
  setTimeout(() => slow.end('{"model":"gpt-4o"}'), 300)
  const refused = await answer(slow)
  expect(refused.status).toBe(503)
  expect(refused.body).toContain('overloaded')
  expect(await text).toContain('data: [DONE]')
  await stopped
  await expect(answer(send(new Agent(), 'GET', '/v1/health').end())).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await caller.stack.restart()
  expect((await call(caller.stack, 'GET', '/v1/health')).status).toBe(200)
})

it.each([
  ['/v1/chat/completions', 'gpt-4o-mini', /\ndata: \{"error":\{[^\n]*overloaded[^\n]*\n\n$/],
  ['/v1/messages', 'gpt-4o-mini', /event: error\ndata: [^\n]*overloaded[^\n]*\n\n$/],
])('a stream of %s that outlasts the drain is cut, charged for what came, and told so', async (path, model, end) => {
  const other = await startCaller({ DRAIN_TIMEOUT_MS: '300' })
  const response = await fetch(`${direct(other.stack)}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-key': other.key },
    body: JSON.stringify({
      ...{ model, stream: true, max_tokens: 5000 },
      messages: [{ role: 'user', content: 'Go on [[sandbox: tokens=4000 delay=20]]' }],
    }),
  })
  const text = response.text()
  await until(async () => (await other.lastCall()) !== undefined)
  await other.stack.kill('SIGTERM')
  expect(await text).toMatch(end)
  await other.stack.restart()
  const row = await other.record(response.headers.get('request-id'))
  expect(row).toMatchObject({ status: 'settled', ending: 'shutdown', estimated: true, paid_by_operator: 0 })
  expect(row.charge).toBeGreaterThan(0)
  expect(verifyLedger(other.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await other.stack.close()
})

it('what has not answered by the end of the drain is charged by its time, and told so', async () => {
  const other = await startCaller({ DRAIN_TIMEOUT_MS: '1500' })
  const ask = (more: object) =>
    call(other.stack, 'POST', '/v1/messages', {
      key: other.key,
      body: {
        ...{ model: 'claude-opus-5-5', max_tokens: 5000, ...more },
        messages: [{ role: 'user', content: 'Think [[sandbox: hang]]' }],
      },
    })
  const asked = [ask({}), ask({ stream: true })]
  await until(async () => (await other.calls()).length === 2)
  await other.stack.kill('SIGTERM')
  const answers = await Promise.all(asked)
  await other.stack.restart()
  for (const { status, body, headers } of answers) {
    expect([status, body]).toMatchObject([503, { type: 'error', error: { type: 'overloaded' } }])
    const row = await other.record(headers.get('request-id'))
    expect(row).toMatchObject({ status: 'settled', ending: 'shutdown', estimated: true, paid_by_operator: 0 })
    expect((row.tokens as { readonly output: number }).output).toBeGreaterThan(150)
    expect(row.charge).toBeLessThanOrEqual(Number(row.held))
  }
  await other.stack.close()
})

function send(agent: Agent, method: string, path: string, headers: Record<string, string> = {}): ClientRequest {
  return request(`${direct(caller.stack)}${path}`, {
    agent,
    method,
    headers: { 'content-type': 'application/json', 'x-user-key': caller.key, ...headers },
  })
}

async function answer(sent: ClientRequest): Promise<{ status: number; body: string }> {
  const [response]: IncomingMessage[] = await once(sent, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response as IncomingMessage) chunks.push(chunk)
  return { status: Number(response?.statusCode), body: Buffer.concat(chunks).toString() }
}
