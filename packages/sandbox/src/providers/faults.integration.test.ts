import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { type CallOptions, createCaller, drain, familiesOf, lastCall } from './test-caller.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})

beforeEach(() => sandbox.providers.control.clear())
afterAll(() => sandbox.close())

const deltas = (text: string) => text.match(/text_delta|output_text\.delta"|"delta":\{"content":"[^"]/g)?.length ?? 0

describe.each(['anthropic', 'openai', 'responses'] as const)('%s', (name) => {
  const send = (content: string, options: CallOptions = {}) =>
    createCaller(sandbox)(familiesOf(sandbox)[name], content, options)

  it.each([400, 401, 413, 429, 500, 529])('answers with status %d in its own form', async (status) => {
    const response = await send(`Hi [[sandbox: status=${status} retry-after=7]]`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '7'])
    expect(await response.json()).toMatchObject({
      error: { message: `The stand-in answers ${status} as it was told.` },
    })
    await expect.poll(async () => (await lastCall(sandbox)).status).toBe(status)
    expect(await lastCall(sandbox)).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
      isFinished: false,
      isAborted: false,
    })
  })

  it('cuts a stream after so many chunks, which all arrive', async () => {
    const { text, isCut } = await drain(await send('Hi [[sandbox: tokens=50 cut-after=10]]', { isStream: true }))
    expect([isCut, deltas(text)]).toEqual([true, 10])
    expect(text.endsWith('\n\n')).toBe(true)
    expect(await lastCall(sandbox)).toMatchObject({
      outputTokens: 10,
      isFinished: false,
      isCut: true,
      isAborted: false,
    })
  })

  it('cuts a stream in the middle of an event', async () => {
    const { text, isCut } = await drain(await send('Hi [[sandbox: tokens=50 cut-mid-event=10]]', { isStream: true }))
    expect([isCut, text.endsWith('\n\n')]).toEqual([true, false])
    expect((await lastCall(sandbox)).outputTokens).toBe(10)
  })

  it('ends a stream with an error event', async () => {
    const { text, isCut } = await drain(
      await send('Hi [[sandbox: tokens=50 error-event-after=10]]', { isStream: true }),
    )
    expect([isCut, deltas(text)]).toEqual([false, 10])
    expect(text.split('\n\n').at(-2)).toMatch(/error/)
    expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed/)
    expect(await lastCall(sandbox)).toMatchObject({ outputTokens: 10, isFinished: false })
  })

  it('stops when the caller leaves, at once', async () => {
    const leaving = new AbortController()
    const response = await send('Hi [[sandbox: tokens=1000 delay=5]]', {
      isStream: true,
      signal: leaving.signal,
    })
    const reader = response.body?.getReader()
    for (let reads = 0; reads < 5; reads += 1) await reader?.read()
    leaving.abort()
    await expect.poll(async () => (await lastCall(sandbox)).isAborted).toBe(true)
    const { outputTokens } = await lastCall(sandbox)
    expect(outputTokens).toBeLessThan(200)
    await new Promise((wait) => setTimeout(wait, 50))
    expect((await lastCall(sandbox)).outputTokens).toBe(outputTokens)
  })

  it('hangs until the caller leaves', async () => {
    await expect(send('Hi [[sandbox: hang]]', { signal: AbortSignal.timeout(100) })).rejects.toThrow()
    await expect.poll(async () => (await lastCall(sandbox)).isAborted).toBe(true)
  })

  it.each([false, true])('lies about usage as it is told, streamed: %s', async (isStream) => {
    const usageIn = async (directives: string) =>
      (await send(`Hi [[sandbox: tokens=20 ${directives}]]`, { isStream })).text()
    expect(await usageIn('no-usage')).not.toMatch(/"usage":\{|"usage":\[/)
    expect(await usageIn('zero-usage')).toMatch(/"(prompt|input)_tokens":0/)
    expect(await usageIn('usage-output=-5')).toMatch(/"(completion|output)_tokens":-5/)
    expect(await usageIn('usage-output=NaN')).toMatch(/"(completion|output)_tokens":"NaN"/)
    expect(await usageIn('usage-input=1e12')).toMatch(/"(prompt|input)_tokens":1000000000000/)
    expect(await lastCall(sandbox)).toMatchObject({ outputTokens: 20, reported: { input: 1e12 } })
  })

  it('waits before the first byte and between chunks', async () => {
    const startMs = performance.now()
    await drain(await send('Hi [[sandbox: tokens=5 first-byte-delay=100 delay=20]]', { isStream: true }))
    expect(performance.now() - startMs).toBeGreaterThan(180)
  })
})

describe('the control', () => {
  const send = (content: string, options: CallOptions = {}) =>
    createCaller(sandbox)(familiesOf(sandbox).openai, content, options)

  it('fails the next calls, and calls with a key', async () => {
    const { failNextCalls, failKey } = sandbox.providers.control
    await failNextCalls(1, 503)
    expect((await send('Hi')).status).toBe(503)
    await failNextCalls(1, 'drop')
    await expect(send('Hi')).rejects.toThrow()
    expect(await lastCall(sandbox)).toMatchObject({ isCut: true, isAborted: false })
    await failNextCalls(1, 'hang')
    await expect(send('Hi', { signal: AbortSignal.timeout(50) })).rejects.toThrow()
    const key = `${sandbox.providers.apiKey}-b`
    await failKey(key, 429)
    expect([(await send('Hi', { key })).status, (await send('Hi')).status]).toEqual([429, 200])
    await failKey(key, 0)
    expect((await send('Hi', { key })).status).toBe(200)
  })

  it('slows everything down, and lets it go again', async () => {
    await sandbox.providers.control.slowDown({ delayMs: 10, firstByteDelayMs: 50 })
    const startMs = performance.now()
    await drain(await send('Hi [[sandbox: tokens=10]]', { isStream: true }))
    expect(performance.now() - startMs).toBeGreaterThan(130)
    await sandbox.providers.control.slowDown()
    const again = performance.now()
    await drain(await send('Hi [[sandbox: tokens=10]]', { isStream: true }))
    expect(performance.now() - again).toBeLessThan(100)
  })

  it('tells the calls over HTTP, keeps as many as it is told, and forgets them', async () => {
    const base = new URL(sandbox.providers.openaiBaseUrl).origin
    await send('one')
    await send('two')
    expect(await (await fetch(`${base}/_sandbox/calls`)).json()).toMatchObject([
      { body: { messages: [{ content: 'one' }] } },
      { body: { messages: [{ content: 'two' }] } },
    ])
    await sandbox.providers.control.keepCalls(1)
    await send('three')
    expect((await lastCall(sandbox)).body).toMatchObject({ messages: [{ content: 'three' }] })
    expect(await sandbox.providers.control.calls()).toHaveLength(1)
    await sandbox.providers.control.keepCalls(1000)
    expect((await fetch(`${base}/_sandbox/calls`, { method: 'DELETE' })).status).toBe(204)
    expect(await sandbox.providers.control.calls()).toEqual([])
    const control = await fetch(`${base}/_sandbox/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ method: 'failNextCalls', args: [1, 500] }),
    })
    expect(await control.json()).toEqual({ result: null })
    expect((await send('Hi')).status).toBe(500)
  })

  it('answers bad bodies and unknown paths in the provider’s words', async () => {
    const post = (path: string, body: string) =>
      fetch(`${new URL(sandbox.providers.openaiBaseUrl).origin}${path}`, { method: 'POST', body })
    const broken = await post('/anthropic/v1/messages', '{')
    expect([broken.status, await broken.json()]).toMatchObject([
      400,
      { type: 'error', error: { type: 'invalid_request_error' } },
    ])
    const unknown = await post('/openai/v1/nonsense', '{}')
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { type: 'invalid_request_error' } }])
  })
})

describe('load', () => {
  const send = (content: string, options: CallOptions = {}) =>
    createCaller(sandbox)(familiesOf(sandbox).openai, content, options)

  it('serves 500 slow streams at once, and none lags', async () => {
    const startMs = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 500 }, async () =>
        drain(await send('Go [[sandbox: tokens=40 delay=25]]', { isStream: true })),
      ),
    )
    const tookMs = performance.now() - startMs
    expect(answers.every(({ text, isCut }) => !isCut && deltas(text) === 40 && text.endsWith('data: [DONE]\n\n'))).toBe(
      true,
    )
    expect(tookMs).toBeLessThan(8000)
    const calls = await sandbox.providers.control.calls()
    expect(calls.reduce((sum, { outputTokens }) => sum + outputTokens, 0)).toBe(500 * 40)
  }, 30_000)

  it('keeps no more than the connection takes for a caller who does not read', async () => {
    const leaving = new AbortController()
    await send('Go [[sandbox: tokens=200000]]', { isStream: true, signal: leaving.signal })
    await new Promise((wait) => setTimeout(wait, 500))
    const { outputTokens } = await lastCall(sandbox)
    expect(outputTokens).toBeLessThan(150_000)
    leaving.abort()
    await expect.poll(async () => (await lastCall(sandbox)).isAborted).toBe(true)
  })
})
