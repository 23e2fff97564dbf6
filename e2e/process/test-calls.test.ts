import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listDocsBlocks } from '../../tools/docs-blocks.ts'
import { runDocsBlock } from '../run-docs-block.ts'
import { type ApiAnswer, balanceOf, call, direct, until, verifyLedger } from './api-client.ts'
import { batchesPath, requestsOf } from './batch-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { fileClientOf } from './file-client.ts'
import { makeKey } from './make-key.ts'
import { grantTestCredits, type TestUser } from './test-user.ts'
import { headersOf, namesFile, type WorldCase, worldCases } from './world-cases.ts'

/** A test key never reaches a provider, and a live key never a simulated model, whatever is asked, and how. */
let caller: Caller
let tester: TestUser
const metricsToken = 'scraper-token-0123456789'

beforeAll(async () => {
  caller = await startCaller({ XAI_API_KEY: '', METRICS_TOKEN: metricsToken })
  tester = grantTestCredits(caller.stack, caller.partner)
}, 60_000)
afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true })
  await caller.stack.close()
})

const worlds = ['live', 'test'] as const
type World = (typeof worlds)[number]
const keyOf = (world: World): string => (world === 'live' ? caller.key : tester.key)
const post = (path: string, headers: Record<string, string>, body: unknown) =>
  call(caller.stack, 'POST', path, { headers, body })
/** Calls whose body, as the provider got it, has these words. */
const seenWith = async (words: string) =>
  (await caller.calls()).filter(({ body }) => JSON.stringify(body).includes(words)).length
const isSimulated = ({ body }: ApiAnswer) => /simulated|in test mode/i.test(JSON.stringify(body))
const ask = (words: string, more: object = {}, key = tester.key) =>
  call(caller.stack, 'POST', '/v1/chat/completions', {
    key,
    body: { model: 'gpt-4o', messages: [{ role: 'user', content: words }], ...more },
  })

/** What becomes of one cell: its status, who has answered, and how many calls of it the provider saw. */
async function cellOf({ path, header, body }: WorldCase, world: World, words: string) {
  const answer = await post(path, headersOf(header, keyOf(world)), body(words))
  return { status: answer.status, isSimulated: isSimulated(answer), seen: await seenWith(words) }
}

function expectedOf({ path, isConfigured, label }: WorldCase, world: World) {
  // Counts and vectors do not say who has made them: the record of the provider does.
  const tells = !/count_tokens|embeddings/.test(path)
  if (world === 'test') return { status: 200, isSimulated: tells, seen: 0 }
  if (!isConfigured) return { status: 404, isSimulated: false, seen: 0 }
  // Only Anthropic counts for its models.
  const isCountedHere = path.endsWith('count_tokens') && !label.includes('anthropic/')
  return { status: 200, isSimulated: false, seen: isCountedHere ? 0 : 1 }
}

describe('the worlds', () => {
  it('part at every endpoint, for every family, stream or not, in whichever header the key comes', async () => {
    const cells = worldCases.flatMap((one) => worlds.map((world) => ({ one, world })))
    const found: Record<string, unknown> = {}
    const waiting = cells.entries()
    const work = async () => {
      for (const [index, { one, world }] of waiting)
        found[`${world} ${one.label}`] = await cellOf(one, world, `words-${world}-${index}-end`)
    }
    await Promise.all(Array.from({ length: 12 }, work))
    expect(found).toEqual(
      Object.fromEntries(cells.map(({ one, world }) => [`${world} ${one.label}`, expectedOf(one, world)])),
    )
    expect(await seenWith('words-test-')).toBe(0)
  })

  it('part for files, kept responses, batches, pass-through and lists too', async () => {
    for (const world of worlds) {
      const key = keyOf(world)
      const isLive = world === 'live'
      const words = `kept-${world}-words`
      const file = await fileClientOf({ ...caller, key }).upload(`The file of ${words}.`)
      for (const [path, write] of Object.entries(namesFile)) {
        const answer = await call(caller.stack, 'POST', path, { key, body: write(String(file.body.id), words) })
        expect([path, answer.status, isSimulated(answer)]).toEqual([path, 200, !isLive])
      }
      const first = await call(caller.stack, 'POST', '/v1/responses', { key, body: { model: 'gpt-4o', input: words } })
      const next = { model: 'anthropic/claude-sonnet-4', input: 'And now?', previous_response_id: first.body.id }
      const second = await call(caller.stack, 'POST', '/v1/responses', { key, body: next })
      expect([second.status, isSimulated(second)]).toEqual([200, !isLive])
      // Twice with the file, twice in the conversation.
      expect(await seenWith(words)).toBe(isLive ? 4 : 0)

      const batch = await call(caller.stack, 'POST', batchesPath, { key, body: { requests: requestsOf([words]) } })
      expect([batch.status, JSON.stringify(batch.body).includes('has no batches')]).toEqual([
        isLive ? 200 : 400,
        !isLive,
      ])
      const openaiBatch = { input_file_id: 'file_x', endpoint: '/v1/responses', completion_window: '24h' }
      const refused = await call(caller.stack, 'POST', '/v1/batches', { key, body: openaiBatch })
      expect(JSON.stringify(refused.body).includes('has no batches')).toBe(!isLive)

      for (const header of ['x-api-key', 'authorization'] as const)
        for (const path of ['/v1/messages', '/v1/messages/count_tokens']) {
          const own = { ...headersOf(header, caller.stack.sandbox.providers.apiKey), 'x-opencredits-key': key }
          const passed = `passed-${world}-${header}${path}`
          const answer = await post(path, own, {
            model: 'claude-sonnet-4',
            ...(path === '/v1/messages' ? { max_tokens: 9 } : {}),
            messages: [{ role: 'user', content: passed }],
          })
          expect([answer.status, await seenWith(passed)]).toEqual(isLive ? [200, 1] : [400, 0])
          const route = await call(caller.stack, 'GET', '/v1/credits/route', { headers: own })
          expect(route.body.billed_to).toBe(isLive ? 'passthrough' : 'nobody')
        }
      const listed = await call(caller.stack, 'GET', '/v1/models', { key })
      expect(JSON.stringify(listed.body).includes('xai/')).toBe(!isLive)
    }
  })
})

it('runs what the documentation shows, with the keys of the test world', async () => {
  const blocks = listDocsBlocks().filter(({ marks }) => marks['run-by'] === 'e2e/process/test-calls.test.ts')
  const { stack, partner } = caller
  const ofTestWorld = { ...partner, secret_key: partner.test_secret_key }
  const printed: string[] = []
  for (const block of blocks)
    printed.push(await runDocsBlock(block, { stack, partner: ofTestWorld, userKey: tester.key }))
  expect(printed).toEqual([
    expect.stringContaining('oc_sk_test_'),
    expect.stringContaining('"ahead_seconds":86400'),
    expect.stringContaining('"completion_tokens":40'),
  ])
}, 30_000)

describe('a test call', () => {
  it('is held, priced and charged as a live one, and is refused as one', async () => {
    const before = await balanceOf(caller.stack, tester.key)
    const answer = await ask('simulate:tokens=1000')
    const { usage } = answer.body as { usage: { prompt_tokens: number; completion_tokens: number } }
    expect(usage.completion_tokens).toBe(1000)
    const charge = Number(answer.headers.get('opencredits-charge'))
    expect(charge).toBeGreaterThan(1)
    const after = await balanceOf(caller.stack, tester.key)
    expect(after.held).toBe(0)
    expect(before.balance - after.balance).toBeCloseTo(charge, 6)
    expect(
      await caller.record(answer.headers.get('request-id') ?? answer.headers.get('x-request-id'), tester.key),
    ).toMatchObject({
      charge,
      tokens: { input: usage.prompt_tokens, output: 1000 },
    })
    const broke = grantTestCredits(caller.stack, caller.partner, 0.5, 'broke@example.com')
    expect((await ask('Hi', {}, broke.key)).status).toBe(402)
    const narrow = await makeKey(caller.stack, tester.key, { name: 'narrow', models: ['openai/gpt-4o-mini'] })
    expect((await ask('Hi', {}, narrow.key)).body).toMatchObject({ error: { type: 'model_not_allowed' } })
    expect((await ask('Hi', { model: 'gpt-none' })).body).toMatchObject({ error: { type: 'model_not_found' } })
  })

  it.each([
    ['overloaded', 502, 'upstream_error'],
    ['server_error', 502, 'upstream_error'],
    ['rate_limited', 429, 'rate_limited'],
    ['invalid_request', 400, 'invalid_request_error'],
    ['context_length', 400, 'invalid_request_error'],
    ['timeout', 502, 'upstream_error'],
  ])('fails with simulate:error=%s as a live one would: %i', async (error, status, type) => {
    for (const stream of [false, true])
      expect(await ask(`simulate:error=${error}`, { stream })).toMatchObject({ status, body: { error: { type } } })
    expect((await balanceOf(caller.stack, tester.key)).held).toBe(0)
  })

  it('breaks off, is late, or is not counted, as the prompt directs', async () => {
    const broken = await ask('simulate:cut', { stream: true })
    expect(JSON.stringify(broken.body)).toContain('broke off')
    expect((await ask('simulate:cut')).status).toBe(502)
    const startedAtMs = performance.now()
    const late = await ask('simulate:delay=300 simulate:no-usage')
    expect(performance.now() - startedAtMs).toBeGreaterThan(290)
    const id = late.headers.get('request-id') ?? late.headers.get('x-request-id')
    expect(await caller.record(id, tester.key)).toMatchObject({ estimated: true })
    expect((await ask('simulate:nothing')).body).toMatchObject({
      error: {
        message: expect.stringContaining('There is no simulate:nothing. A simulated model understands simulate:tokens'),
      },
    })
  })

  it('goes on when its client leaves, and is charged what it would have been', async () => {
    const before = await balanceOf(caller.stack, tester.key)
    const leave = async (afterMs: number) => {
      const signal = AbortSignal.timeout(afterMs)
      const messages = [{ role: 'user', content: 'simulate:tokens=60 simulate:delay=50' }]
      const body = JSON.stringify({ model: 'claude-sonnet-4', max_tokens: 100, stream: afterMs % 2 === 0, messages })
      const headers = { 'content-type': 'application/json', 'x-api-key': tester.key }
      await fetch(`${direct(caller.stack)}/v1/messages`, { method: 'POST', headers, body, signal })
        .then((response) => response.text())
        .catch(() => null)
    }
    await Promise.all(Array.from({ length: 24 }, (_, index) => leave(20 + index * 15)))
    await until(async () => (await balanceOf(caller.stack, tester.key)).held === 0)
    expect((await balanceOf(caller.stack, tester.key)).balance).toBeLessThan(before.balance)
    const many = await Promise.all(Array.from({ length: 150 }, () => ask('Are you there?')))
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]))
  })

  it('disturbs no live call: no key of a provider cools down, and nothing is told of providers', async () => {
    const metrics = async () => {
      const { body } = await call(caller.stack, 'GET', '/metrics', {
        headers: { authorization: `Bearer ${metricsToken}` },
      })
      return String(body.text)
        .split('\n')
        .filter((line) => /^opencredits_(upstream|stream_faults|call_microcredits|call_tokens)/.test(line))
    }
    const before = await metrics()
    expect(before.length).toBeGreaterThan(5)
    for (const text of ['rate_limited', 'overloaded', 'timeout'].map((error) => `simulate:error=${error}`))
      await ask(text)
    await Promise.all([ask('simulate:cut', { stream: true }), ask('simulate:no-usage'), ask('simulate:tokens=300')])
    expect(await metrics()).toEqual(before)
  })
})
