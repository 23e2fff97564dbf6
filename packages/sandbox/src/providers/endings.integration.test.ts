import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { createCaller, drain, type Family, familiesOf, lastCall } from './test-caller.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})

beforeEach(() => sandbox.providers.control.clear())
afterAll(() => sandbox.close())

const names = ['anthropic', 'openai', 'responses', 'google', 'xai'] as const

/** What tells the counts at the end of a stream of each format. */
const usageEvent: Readonly<Record<Family['name'], RegExp>> = {
  anthropic: /"type":"message_delta"/g,
  openai: /"choices":\[\],"usage":\{/g,
  responses: /"type":"response\.completed"/g,
  google: /"finish_reason":"stop"\}\],"usage":\{/g,
  xai: /"finish_reason":"stop"\}\],"usage":\{/g,
}

const outputCounts = (text: string) =>
  [...text.matchAll(/"(?:completion|output)_tokens":(\d+)/g)].map(([, count]) => Number(count))

describe.each(names)('the end of a stream of %s', (name) => {
  const send = (content: string, options: { readonly isStream?: boolean; readonly signal?: AbortSignal } = {}) =>
    createCaller(sandbox)(familiesOf(sandbox)[name], content, { isStream: true, ...options })

  it('tells the counts after the last word, once', async () => {
    const { text } = await drain(await send('Hi [[sandbox: tokens=20]]'))
    expect(text.match(usageEvent[name])).toHaveLength(1)
    expect(outputCounts(text).at(-1)).toBe(20)
    expect(await lastCall(sandbox)).toMatchObject({ isFinished: true, outputTokens: 20, reported: { output: 20 } })
  })

  it('lets the counts come late', async () => {
    const startMs = performance.now()
    const { text } = await drain(await send('Hi [[sandbox: tokens=5 usage-late=200]]'))
    expect(performance.now() - startMs).toBeGreaterThan(190)
    expect(text.match(usageEvent[name])).toHaveLength(1)
  })

  it('stands still before the counts, when all has been generated', async () => {
    const response = await send('Hi [[sandbox: tokens=20 hang-before-usage]]', { signal: AbortSignal.timeout(200) })
    const { text, isCut } = await drain(response)
    expect([isCut, text.match(usageEvent[name])]).toEqual([true, null])
    await expect.poll(async () => (await lastCall(sandbox)).isAborted).toBe(true)
    expect(await lastCall(sandbox)).toMatchObject({ outputTokens: 20, isFinished: false })
  })

  it('stands still in the middle', async () => {
    const response = await send('Hi [[sandbox: tokens=20 hang-after=7]]', { signal: AbortSignal.timeout(200) })
    expect((await drain(response)).isCut).toBe(true)
    expect((await lastCall(sandbox)).outputTokens).toBe(7)
  })

  it('tells counts twice, the later ones with the earlier in them', async () => {
    const { text } = await drain(await send('Hi [[sandbox: tokens=20 usage-twice]]'))
    const counts = outputCounts(text)
    expect(counts.length).toBeGreaterThan(1)
    expect(counts).toEqual([...counts].sort((one, other) => one - other))
    expect(counts.at(-1)).toBe(20)
  })

  it('sends its end twice, and generates it once', async () => {
    const { text } = await drain(await send('Hi [[sandbox: tokens=20 twice]]'))
    expect(text.match(usageEvent[name])).toHaveLength(2)
    expect((await lastCall(sandbox)).outputTokens).toBe(20)
  })

  it('sends half and ends as if that were all', async () => {
    const { text, isCut } = await drain(await send('Hi [[sandbox: tokens=20 half]]'))
    expect([isCut, text.match(usageEvent[name])]).toEqual([false, null])
    expect(text).not.toContain('[DONE]')
    expect(await lastCall(sandbox)).toMatchObject({ outputTokens: 10, isFinished: false, isCut: true })
  })

  it('sends headers and never a word', async () => {
    const response = await send('Hi [[sandbox: tokens=20 never]]', { signal: AbortSignal.timeout(100) })
    expect(response.status).toBe(200)
    expect(await drain(response)).toEqual({ text: '', isCut: true })
  })

  it('is generated and billed to its end when the caller leaves, where the provider does so', async () => {
    const leaving = new AbortController()
    const response = await send('Hi [[sandbox: tokens=300 delay=5 goes-on]]', { signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    await expect.poll(async () => (await lastCall(sandbox)).outputTokens).toBe(300)
    expect(await lastCall(sandbox)).toMatchObject({ isAborted: true, isFinished: false })
  })
})

describe('a whole answer', () => {
  const send = (content: string, signal?: AbortSignal) =>
    createCaller(sandbox)(familiesOf(sandbox).openai, content, signal === undefined ? {} : { signal })

  it('comes by half, and its length said otherwise', async () => {
    const response = await send('Hi [[sandbox: tokens=20 half]]')
    expect(response.status).toBe(200)
    await expect(response.json()).rejects.toThrow()
    expect(await lastCall(sandbox)).toMatchObject({ outputTokens: 20, isFinished: false, isCut: true })
  })

  it('never comes', async () => {
    const response = await send('Hi [[sandbox: tokens=20 never]]', AbortSignal.timeout(100))
    expect(response.status).toBe(200)
    await expect(response.json()).rejects.toThrow()
    await expect.poll(async () => (await lastCall(sandbox)).isAborted).toBe(true)
  })
})

describe('usage in every chunk', () => {
  it.each(['google', 'xai'] as const)('is how %s streams', async (name) => {
    const response = await createCaller(sandbox)(familiesOf(sandbox)[name], 'Hi [[sandbox: tokens=5]]', {
      isStream: true,
    })
    expect(outputCounts((await drain(response)).text)).toEqual([0, 1, 2, 3, 4, 5, 5])
  })

  it('comes from OpenAI when it is asked for, before the chunk of its own', async () => {
    const content = 'Hi [[sandbox: tokens=3 usage-every-chunk]]'
    const response = await createCaller(sandbox)(familiesOf(sandbox).openai, content, { isStream: true })
    expect(outputCounts((await drain(response)).text)).toEqual([0, 1, 2, 3, 3, 3])
  })
})
