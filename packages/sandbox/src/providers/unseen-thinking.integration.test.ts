import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { type CallOptions, createCaller, drain, familiesOf, lastCall } from './test-caller.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})

beforeEach(() => sandbox.providers.control.clear())
afterAll(() => sandbox.close())

const names = ['anthropic', 'openai', 'responses', 'google', 'xai'] as const

describe.each(names)('unseen thinking of %s', (name) => {
  const send = (content: string, options: CallOptions = {}) =>
    createCaller(sandbox)(familiesOf(sandbox)[name], content, options)

  it.each([true, false])('is counted and not told, streamed: %s', async (isStream) => {
    const { text } = await drain(
      await send('Hi [[sandbox: text=word think-unseen=700 think-unseen-after=300]]', { isStream }),
    )
    expect(text.length).toBeLessThan(8000)
    expect(await lastCall(sandbox)).toMatchObject({ outputTokens: 1001, thinkingTokens: 1000, isFinished: true })
    const toldApart = name === 'google' || name === 'xai'
    expect((await lastCall(sandbox)).reported?.output).toBe(toldApart ? 1 : 1001)
  })

  it('takes its time before the first word and after the last', async () => {
    const startMs = performance.now()
    const directives = 'text=word think-unseen=100 think-unseen-after=200 speed=1000'
    const response = await send(`Hi [[sandbox: ${directives}]]`, { isStream: true })
    let wordAfterMs = 0
    for await (const bytes of response.body ?? [])
      if (wordAfterMs === 0 && new TextDecoder().decode(bytes).includes('"word"'))
        wordAfterMs = performance.now() - startMs
    expect(wordAfterMs).toBeGreaterThan(95)
    expect(performance.now() - startMs).toBeGreaterThan(290)
  })

  it('is noted as far as it went when the caller leaves in the middle of it', async () => {
    const signal = AbortSignal.timeout(500)
    await drain(await send('Hi [[sandbox: think-unseen=50000 speed=1000]]', { isStream: true, signal })).catch(() => {})
    await expect.poll(async () => (await lastCall(sandbox)).isAborted).toBe(true)
    const { outputTokens, thinkingTokens } = await lastCall(sandbox)
    expect(outputTokens).toBe(thinkingTokens)
    expect(outputTokens).toBeGreaterThan(0)
    expect(outputTokens).toBeLessThan(5000)
  })

  it('of a whole answer takes its time too, and goes to its end without the caller', async () => {
    const signal = AbortSignal.timeout(100)
    await expect(send('Hi [[sandbox: text=word think-unseen=500 speed=1000]]', { signal })).rejects.toThrow()
    await expect.poll(async () => (await lastCall(sandbox)).isAborted).toBe(true)
    expect(await lastCall(sandbox)).toMatchObject({ outputTokens: 501, isFinished: false })
  })
})

describe('how Anthropic shows that there was some', () => {
  it.each([
    ['nothing but a signature when nobody asked to see it', {}, ['thinking', 'text', 'thinking']],
    [
      'nothing but a signature when it is to be left out',
      { thinking: { type: 'adaptive', display: 'omitted' } },
      ['thinking', 'thinking', 'text', 'thinking'],
    ],
    [
      'redacted, beside thinking that is shown',
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      ['redacted_thinking', 'thinking', 'text', 'redacted_thinking'],
    ],
  ])('%s', async (_name, fields, expected) => {
    const content = 'Hi [[sandbox: text=word think-unseen=700 think-unseen-after=300]]'
    const ask = (isStream: boolean) =>
      createCaller(sandbox)(familiesOf(sandbox).anthropic, content, { fields, isStream })
    expect(await (await ask(false)).json()).toMatchObject({ content: expected.map((type) => ({ type })) })
    const { text } = await drain(await ask(true))
    expect([...text.matchAll(/"content_block":\{"type":"(\w+)"/g)].map(([, type]) => type)).toEqual(expected)
  })
})
