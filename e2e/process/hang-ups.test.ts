import type { ProviderCall } from '@opencredits/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, buyCredits, call, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { trueCharge } from './true-charge.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
}, 60_000)
afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

/** A prompt that is short enough not to be cached, and long enough that a token of the answer is little of the charge. */
const words = 'The partner earns a share of every call that its users make, and nobody is charged twice. '.repeat(48)
/** Each call has its own mark, of the same length. */
let calls = 0
const markedCalls = (count: number) =>
  Array.from({ length: count }, () => {
    calls += 1
    return `call-${String(calls).padStart(4, '0')}`
  })
const prompts = { '/v1/chat/completions': 'messages', '/v1/messages': 'messages', '/v1/responses': 'input' } as const
type Path = keyof typeof prompts

function bodyOf(path: Path, more: object, question: string): string {
  const prompt = path === '/v1/responses' ? { input: question } : { messages: [{ role: 'user', content: question }] }
  const limit = path === '/v1/messages' ? { max_tokens: 4000 } : {}
  return JSON.stringify({ ...prompt, ...limit, ...more })
}

interface Left {
  readonly id: string | null
  readonly events: number
  readonly text: string
}

/** Asks, and leaves when so many events have come; `null` stays to the end. */
async function ask(key: string, path: Path, body: string, leavesAfter: number | null): Promise<Left> {
  const leaving = new AbortController()
  let id: string | null = null
  let text = ''
  const events = () => text.split('\n\n').length - 1
  try {
    const asked = fetch(`${direct(caller.stack)}${path}`, {
      method: 'POST',
      signal: leaving.signal,
      headers: { 'content-type': 'application/json', 'x-api-key': key, 'anthropic-version': '2023-06-01' },
      body,
    })
    if (leavesAfter === 0) {
      const mark = /call-\d+/.exec(body)?.[0] ?? ''
      await until(async () => (await providerCall(mark)) !== undefined)
      leaving.abort()
    }
    const response = await asked
    id = response.headers.get('request-id')
    const decoder = new TextDecoder()
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true })
      if (leavesAfter !== null && events() >= leavesAfter) leaving.abort()
    }
  } catch {
    // It left.
  }
  return { id, events: events(), text }
}

interface HistoryEntry {
  readonly type: string
  readonly request_id: string
}

/** The records of all calls of a key, when all have ended. */
async function recordsOf(key: string, count: number): Promise<readonly Record<string, unknown>[]> {
  const entries = async () =>
    ((await call(caller.stack, 'GET', '/v1/credits/history?limit=200', { key })).body.data as HistoryEntry[]).filter(
      ({ type }) => type === 'usage',
    )
  await until(async () => (await entries()).length === count && (await balanceOf(caller.stack, key)).held === 0)
  return Promise.all((await entries()).map(({ request_id: id }) => caller.record(id, key)))
}

/** By the mark in its prompt. */
async function providerCall(mark: string): Promise<ProviderCall | undefined> {
  return (await caller.calls()).find(
    (one) => !one.path.endsWith('count_tokens') && JSON.stringify(one.body).includes(mark),
  )
}

const omitted = { thinking: { type: 'adaptive', display: 'omitted' } }
const hidden = 'tokens=8 delay=25 think-unseen=30 speed=300 think-unseen-after=20'

describe('a client that leaves at any event of a stream', () => {
  it.each<[Path, string, object, string]>([
    ['/v1/messages', 'claude-opus-5-5', omitted, hidden],
    ['/v1/messages', 'claude-opus-5', {}, hidden],
    ['/v1/messages', 'claude-sonnet-4', { thinking: { type: 'enabled', budget_tokens: 1024 } }, hidden],
    ['/v1/messages', 'o3', {}, hidden],
    ['/v1/messages', 'grok-4', {}, hidden],
    ['/v1/chat/completions', 'o4-mini', {}, hidden],
    ['/v1/chat/completions', 'gpt-5.4', { reasoning_effort: 'high' }, hidden],
    ['/v1/chat/completions', 'claude-opus-5-5', {}, hidden],
    ['/v1/chat/completions', 'gemini-2.5-pro', {}, hidden],
    ['/v1/responses', 'o3', {}, hidden],
    ['/v1/responses', 'claude-opus-5-5', {}, hidden],
    ['/v1/responses', 'gemini-2.5-pro', {}, hidden],
    // What does not think, but is not counted here by its own tokenizer, is read to its end as well.
    ['/v1/chat/completions', 'grok-3', {}, 'tokens=8 delay=25'],
  ])('%s of %s, %j: pays what the whole answer costs', async (path, model, more, directive) => {
    const { userKey: key } = await buyCredits(caller.stack, caller.partner, 100)
    const body = (mark = '') =>
      bodyOf(path, { model, stream: true, ...more }, `${words}${mark} [[sandbox: ${directive}]]`)
    const whole = await ask(key, path, body(markedCalls(1)[0]), null)
    const full = await caller.record(whole.id, key)
    expect(full).toMatchObject({ ending: 'completed', estimated: false })
    expect((full.tokens as { output: number }).output).toBeGreaterThanOrEqual(directive === hidden ? 58 : 8)
    expect(whole.events).toBeGreaterThan(8)
    await Promise.all(markedCalls(whole.events).map((mark, after) => ask(key, path, body(mark), after)))
    const records = await recordsOf(key, whole.events + 1)
    expect(new Set(records.map(({ charge }) => charge))).toEqual(new Set([full.charge]))
    expect(records.filter(({ estimated }) => estimated === true)).toEqual([])
    expect(records.filter(({ ending }) => ending === 'client_gone').length).toBeGreaterThan(whole.events / 4)
  })

  it.each<[Path, string]>([
    ['/v1/chat/completions', 'gpt-4o'],
    ['/v1/responses', 'gpt-4o'],
    ['/v1/messages', 'gpt-4o'],
    ['/v1/messages', 'claude-sonnet-4'],
    ['/v1/chat/completions', 'claude-sonnet-4'],
    ['/v1/responses', 'claude-sonnet-4'],
  ])('%s of %s, which does not think: stops it and pays what had come', async (path, model) => {
    const { userKey: key } = await buyCredits(caller.stack, caller.partner, 100)
    const directive = '[[sandbox: text="one two three four five six seven eight" delay=60]]'
    const body = (mark = '') => bodyOf(path, { model, stream: true }, `${words}${mark} ${directive}`)
    const whole = await ask(key, path, body(markedCalls(1)[0]), null)
    const marks = markedCalls(whole.events)
    const lefts = await Promise.all(marks.map((mark, after) => ask(key, path, body(mark), after)))
    const records = await recordsOf(key, whole.events + 1)
    const told = [...' one two three four five six seven eight'.matchAll(/ \w+/g)].map(([word]) => word)
    let stopped = 0
    for (const [after, left] of lefts.entries()) {
      if (after === 0) continue
      const served = await providerCall(marks[after] ?? '')
      const record = records.find(({ request_id: id }) => id === left.id)
      const [charge, truth] = [Math.round(Number(record?.charge) * 1e6), served === undefined ? 0 : trueCharge(served)]
      expect(Math.abs(charge - truth), `after ${after} events`).toBeLessThanOrEqual(truth * 0.05)
      const seen = told.filter((word) => left.text.includes(word.trim())).length
      const { output } = (record?.tokens ?? {}) as { readonly output: number }
      expect(output, `after ${after} events`).toBeGreaterThanOrEqual(seen)
      if (served?.isAborted === true) stopped += 1
    }
    expect(stopped).toBeGreaterThan(2)
  })
})

it.each<[Path, string, object]>([
  ['/v1/chat/completions', 'gpt-4o', {}],
  ['/v1/responses', 'o3', {}],
  ['/v1/messages', 'claude-opus-5-5', omitted],
  ['/v1/messages', 'gpt-4o', {}],
  ['/v1/chat/completions', 'claude-sonnet-4', {}],
])('a client that leaves %s of %s while it waits for a whole answer pays for it', async (path, model, more) => {
  const { userKey: key } = await buyCredits(caller.stack, caller.partner, 100)
  const directive = '[[sandbox: tokens=20 think-unseen=30 first-byte-delay=300]]'
  const body = (mark = '') => bodyOf(path, { model, ...more }, `${words}${mark} ${directive}`)
  const [first, second] = markedCalls(2)
  const whole = await ask(key, path, body(first), null)
  const full = await caller.record(whole.id, key)
  await ask(key, path, body(second), 0)
  const records = await recordsOf(key, 2)
  expect(records.map(({ charge }) => charge)).toEqual([full.charge, full.charge])
  expect(records.map(({ ending }) => ending).toSorted()).toEqual(['client_gone', 'completed'])
})

describe('an end is not told before its usage', () => {
  it.concurrent.each<[Path, string, RegExp]>([
    ['/v1/chat/completions', 'gpt-4o', /"finish_reason":"stop"|\[DONE\]/],
    ['/v1/chat/completions', 'claude-sonnet-4', /"finish_reason":"stop"|\[DONE\]/],
    ['/v1/messages', 'claude-sonnet-4', /message_delta|message_stop/],
    ['/v1/messages', 'gpt-4o', /message_delta|message_stop/],
    ['/v1/responses', 'gpt-4o', /response\.completed/],
    ['/v1/responses', 'claude-sonnet-4', /response\.completed/],
  ])('%s of %s', async (path, model, end) => {
    const question = `Hi [[sandbox: tokens=5 usage-late=3000]]`
    const response = await fetch(`${direct(caller.stack)}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': caller.key },
      body: bodyOf(path, { model, stream: true }, question),
    })
    let [lastWordAtMs, endAtMs, text] = [0, 0, '']
    for await (const bytes of response.body ?? []) {
      const part = Buffer.from(bytes).toString()
      text += part
      if (!end.test(part)) lastWordAtMs = performance.now()
      else endAtMs ||= performance.now()
    }
    expect(text).toMatch(end)
    expect(endAtMs - lastWordAtMs).toBeGreaterThan(1500)
  })
})
