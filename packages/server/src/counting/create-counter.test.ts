import { afterEach, describe, expect, it } from 'vitest'
import type { Counter } from './counter.ts'
import { createCounter } from './create-counter.ts'
import { page, writeBomb, writeTree } from './test-pdfs.ts'

const started: Counter[] = []
const start: typeof createCounter = (limits) => {
  const counter = createCounter({ workersMax: 1, ...limits })
  started.push(counter)
  return counter
}
afterEach(() => Promise.all(started.splice(0).map((counter) => counter.close())))

const base64 = (bytes: Buffer) => bytes.toString('base64')
/** Slow for any tokenizer: every word is new. */
const slowText = Array.from({ length: 100_000 }, (_, index) => Buffer.from(`${index * 7_919}`).toString('base64')).join(
  ' ',
)

// Starting a thread takes long on a busy machine.
describe('createCounter', { timeout: 120_000 }, () => {
  it('counts tokens and pages', async () => {
    const counter = start({ waitMsMax: 60_000 })
    expect(await Promise.all(['Hello, world!', '', 'Grüße'].map(counter.countText))).toEqual([4, 0, 3])
    expect(await counter.countPages(base64(writeTree('[3 0 R 3 0 R]', [page])))).toBe(2)
    expect(await counter.countPages('no PDF')).toBeNull()
  })

  it('leaves the event loop free while it counts', async () => {
    const counter = start({ runMsMax: 60_000 })
    await counter.countText('loads the tables')
    const before = process.threadCpuUsage()
    expect(await counter.countText(slowText)).toBeGreaterThan(250_000)
    const { user, system } = process.threadCpuUsage(before)
    // The count itself takes half a second.
    expect((user + system) / 1_000).toBeLessThan(100)
  })

  it('gives up what takes too long, and counts on with another worker', async () => {
    const counter = start({ runMsMax: 400, waitMsMax: 60_000 })
    const many = Array.from({ length: 20 }, () => slowText).join(' ')
    const [first, second] = await Promise.all([counter.countText(many), counter.countText('Hello, world!')])
    expect([first, second]).toEqual([null, 4])
  })

  it('gives up what has to wait too long', async () => {
    const counter = start({ runMsMax: 60_000, waitMsMax: 50 })
    const [first, second] = await Promise.all([counter.countText(slowText), counter.countText('waits')])
    expect(first).toBeGreaterThan(250_000)
    expect(second).toBeNull()
  })

  it('takes only so many tasks and bytes', async () => {
    const few = start({ waitMsMax: 60_000, waitingMax: 2, waitingBytesMax: 1_000 })
    // One runs, two wait.
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(few.countText))
    expect(answers).toEqual([1, 1, 1, null])
    expect(await few.countText('x'.repeat(501))).toBeNull()
    expect(await few.countText('x'.repeat(400))).toBeGreaterThan(0)
  })

  const promptOf = (content: string) =>
    Buffer.from(JSON.stringify({ model: 'claude-sonnet-4', messages: [{ role: 'user', content }] }))

  it('reads a prompt, and gives its bytes back', async () => {
    const counter = start({ waitMsMax: 60_000 })
    for (const content of ['Hello, world!', 'x'.repeat(2_000_000)]) {
      const body = promptOf(content)
      const text = body.toString()
      const read = await counter.readPrompt(body, false)
      expect(read).toMatchObject({ kind: 'prompt', model: 'claude-sonnet-4', tokens: null })
      if (read?.kind !== 'prompt') throw new Error('no prompt')
      expect(Buffer.from(read.body).toString()).toBe(text)
      const counted = await counter.readPrompt(read.body, true)
      expect(counted).toMatchObject({ tokens: expect.any(Number) })
    }
  })

  it.each([
    ['no JSON', '{"model"', { kind: 'refused', message: 'The body is not valid JSON.', param: null }],
    ['no messages', '{"model":"claude"}', { kind: 'refused', param: 'messages' }],
    ['a list', '[1]', { kind: 'refused', message: 'The body must be a JSON object.' }],
  ])('refuses %s as a call would be refused', async (_label, text, refusal) => {
    expect(await start({ waitMsMax: 60_000 }).readPrompt(Buffer.from(text), true)).toMatchObject(refusal)
  })

  it('counts what is paid for before what is not', async () => {
    const counter = start({ waitMsMax: 60_000 })
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)
    await Promise.all([
      counter.readPrompt(promptOf('first'), true).then(note('free')),
      counter.readPrompt(promptOf('second'), true).then(note('free')),
      counter.countText('third').then(note('paid')),
    ])
    expect(order).toEqual(['free', 'paid', 'free'])
  })

  it('ends a document that unpacks to more memory than is allowed', async () => {
    const counter = start({ runMsMax: 60_000, memoryBytesMax: 200 * 1024 * 1024 })
    expect(await counter.countPages(base64(writeBomb(1_000)))).toBe(1)
    expect(await counter.countPages(base64(writeBomb(300_000_000)))).toBeNull()
    expect(await counter.countText('Hello, world!')).toBe(4)
  })

  it('answers null once it is closed, also those that wait', async () => {
    const counter = start()
    const asked = [counter.countText(slowText), counter.countText('waits')]
    await counter.close()
    expect(await Promise.all([...asked, counter.countText('late')])).toEqual([null, null, null])
  })
})
