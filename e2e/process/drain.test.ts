import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, direct } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
}, 60_000)

afterAll(() => caller.stack.close())

it('a server that drains takes no paid work on connections that are open, ends what runs, and leaves', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect((await ask(agent, 'GET', '/v1/health')).status).toBe(200)
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
  // A connection that rests is closed by the stop; this one is in the middle of sending its request.
  const slow = ask(agent, 'POST', '/v1/chat/completions', '{"model":', 300)
  const stopped = caller.stack.kill('SIGTERM')
  const refused = await slow
  expect(refused.status).toBe(503)
  expect(refused.body).toContain('overloaded')
  expect(await text).toContain('data: [DONE]')
  await stopped
  await expect(ask(new Agent(), 'GET', '/v1/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await caller.stack.restart()
  expect((await call(caller.stack, 'GET', '/v1/health')).status).toBe(200)
})

async function ask(agent: Agent, method: string, path: string, body = '', pauseMs = 0) {
  const sent = request(`${direct(caller.stack)}${path}`, {
    agent,
    method,
    headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
  })
  const answered = once(sent, 'response')
  sent.write(body)
  if (pauseMs > 0) await new Promise((wait) => setTimeout(wait, pauseMs))
  sent.end(pauseMs > 0 ? '"gpt-4o"}' : '')
  const [response] = await answered
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: Number(response.statusCode), body: Buffer.concat(chunks).toString() }
}
