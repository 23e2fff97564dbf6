import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnotherServer } from '../stack.ts'
import { runOnStore } from '../test-store.ts'
import { type ApiAnswer, buyCredits, call, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { makeKey } from './make-key.ts'

/** What clients of the Responses API leave with a server, and another one finds. */
let caller: Caller
let other: AnotherServer

beforeAll(async () => {
  caller = await startCaller()
  other = await caller.stack.startAnother()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

const claude = 'claude-sonnet-4'
const gpt = 'gpt-5'

const respond = (body: object, key = caller.key): Promise<ApiAnswer> =>
  call(caller.stack, 'POST', '/v1/responses', { key, body: { model: claude, ...body } })

async function made(body: object, key = caller.key) {
  const { status, body: answer } = await respond(body, key)
  expect(status, JSON.stringify(answer)).toBe(200)
  return { id: String(answer.id), output: answer.output as { id: string; type: string }[], answer }
}

const says = (text: string) => `[[sandbox: text="${text}"]]`
const messageOf = ({ body }: ApiAnswer) => String(Object(body.error).message)

/** What the provider was asked for last, in the order in which it was said. */
async function lastAsked(): Promise<string> {
  return JSON.stringify((await caller.lastCall())?.body)
}

describe('a conversation that goes on by previous_response_id', () => {
  it.each([
    [claude, gpt, 'gemini-3.8-flash'],
    [gpt, claude, gpt],
    ['gemini-3.8-flash', gpt, claude],
  ])('is whole for whichever model: %s, %s, %s', async (...models) => {
    let previous: string | null = null
    for (const [index, model] of models.entries()) {
      const { id, answer } = await made({
        model,
        input: `question ${index} [[sandbox: reasoning=5 text="answer ${index}"]]`,
        previous_response_id: previous,
      })
      expect(answer).toMatchObject({ store: true, previous_response_id: previous })
      previous = id
    }
    const asked = await lastAsked()
    const places = ['question 0', 'answer 0', 'question 1', 'answer 1', 'question 2'].map((said) => asked.indexOf(said))
    expect(places).toEqual(places.toSorted((one, two) => one - two))
    expect(places).not.toContain(-1)
  })

  it('counts with all that it brings back: it is held and charged as if it were sent', async () => {
    const words = 'one more word '.repeat(2_000)
    const first = await made({ input: `${words} ${says('Yes.')}` })
    const second = await respond({ input: 'And?', previous_response_id: first.id })
    const record = await caller.record(second.headers.get('request-id'))
    expect(Object(record.tokens).input).toBeGreaterThan(4_000)
    const poor = await grantedKey(3)
    const limit = { max_output_tokens: 16 }
    const kept = await made({ input: words, ...limit }, poor)
    const answered = async () => (await caller.calls()).filter(({ path }) => !path.includes('count_tokens')).length
    const before = await answered()
    expect((await respond({ input: 'And?', previous_response_id: kept.id, ...limit }, poor)).status).toBe(402)
    expect(await answered()).toBe(before)
    expect((await respond({ input: 'And?', ...limit }, poor)).status).toBe(200)
  })

  it('branches, also where both branches are asked for at once', async () => {
    const first = await made({ input: `root ${says('trunk')}` })
    const branches = await Promise.all(
      ['left', 'right'].map((side) =>
        made({ input: `${side} ${says(`leaf ${side}`)}`, previous_response_id: first.id }),
      ),
    )
    for (const [index, side] of ['left', 'right'].entries()) {
      await made({ input: 'Go on.', previous_response_id: branches[index]?.id })
      const asked = await lastAsked()
      expect(asked).toContain(`leaf ${side}`)
      expect(asked).not.toContain(`leaf ${side === 'left' ? 'right' : 'left'}`)
    }
  })

  it('is found at another server as soon as the first has answered', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await made({ input: `round ${round}` })
      const answer = await fetch(`${other.url}/v1/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
        body: JSON.stringify({ model: claude, input: 'And?', previous_response_id: id }),
      })
      expect(answer.status).toBe(200)
      expect(await lastAsked()).toContain(`round ${round}`)
    }
  })

  it('cannot be continued where a part of it was deleted', async () => {
    const first = await made({ input: 'Hi' })
    const second = await made({ input: 'And?', previous_response_id: first.id })
    const [gone, late] = await Promise.all([
      call(caller.stack, 'DELETE', `/v1/responses/${first.id}`, { key: caller.key }),
      respond({ input: 'Then?', previous_response_id: second.id }),
    ])
    expect(gone.body).toEqual({ id: first.id, object: 'response', deleted: true })
    expect([200, 400]).toContain(late.status)
    const answer = await respond({ input: 'Then?', previous_response_id: second.id })
    expect(answer.status).toBe(400)
    expect(messageOf(answer)).toContain('not found or expired')
  })
})

describe('an item that is only named', () => {
  it('goes out in its place, once, with the signature of what was thought', async () => {
    const first = await made({ input: 'Think. [[sandbox: reasoning=9 text="Thought about it."]]' })
    expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
    expect(first.output[0]).not.toHaveProperty('encrypted_content')
    const references = first.output.map(({ id }) => ({ type: 'item_reference', id }))
    const many = Array.from({ length: 5_000 }, () => references).flat()
    await made({ input: [{ role: 'user', content: 'Think.' }, ...many, { role: 'user', content: 'And?' }] })
    const asked = await lastAsked()
    expect(asked.split('Thought about it.')).toHaveLength(2)
    expect(asked).toContain('"signature"')
  })

  it('comes encrypted where that was asked for, and is the same afterwards', async () => {
    const body = { model: gpt, include: ['reasoning.encrypted_content'], input: 'Think. [[sandbox: reasoning=9]]' }
    const { id, output } = await made(body)
    expect(output[0]).toHaveProperty('encrypted_content')
    const read = (query: string) => call(caller.stack, 'GET', `/v1/responses/${id}${query}`, { key: caller.key })
    expect((await read('')).body.output).not.toEqual(output)
    expect((await read('?include[]=reasoning.encrypted_content')).body.output).toEqual(output)
  })
})

describe('what is kept of a stream', () => {
  const stream = async (content: string, more: object = {}) => {
    const response = await fetch(`${direct(caller.stack)}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
      body: JSON.stringify({ model: claude, input: content, stream: true, ...more }),
    })
    const text = await response.text().catch(() => '')
    const events = text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []))
    return { events, last: events.at(-1), id: String(events[0]?.response?.id) }
  }
  const found = async (id: string) =>
    (await call(caller.stack, 'GET', `/v1/responses/${id}`, { key: caller.key })).status

  it.each([claude, gpt, 'gemini-3.8-flash'])('is what its last event said: %s', async (model) => {
    const { last, id, events } = await stream('Think. [[sandbox: reasoning=9]]', { model })
    expect(last.type).toBe('response.completed')
    const kept = await call(caller.stack, 'GET', `/v1/responses/${id}`, { key: caller.key })
    expect(kept.body).toEqual(last.response)
    expect(JSON.stringify(events)).not.toContain('encrypted_content')
    expect(events.flatMap(({ response }) => (response === undefined ? [] : [response.store]))).not.toContain(false)
  })

  it('is the answer that was cut by its limit, and none that broke', async () => {
    const limited = await stream('Tell me more. [[sandbox: tokens=400]]', { max_output_tokens: 30 })
    expect(limited.last.type).toBe('response.incomplete')
    expect(await found(limited.id)).toBe(200)
    const broken = await stream('Tell me more. [[sandbox: tokens=50 cut-after=5]]')
    expect(await found(broken.id)).toBe(404)
  })

  it('is nothing where the client left', async () => {
    const abort = new AbortController()
    const response = await fetch(`${direct(caller.stack)}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
      body: JSON.stringify({ model: claude, input: 'Tell. [[sandbox: tokens=40 delay=20]]', stream: true }),
      signal: abort.signal,
    })
    const reader = response.body?.getReader()
    const head = new TextDecoder().decode((await reader?.read())?.value)
    abort.abort()
    await until(
      async () => (await call(caller.stack, 'GET', '/v1/credits/balance', { key: caller.key })).body.held === 0,
    )
    expect(await found(/resp_\w+/.exec(head)?.[0] ?? '')).toBe(404)
  })

  it('is nothing once its key is revoked in the middle', async () => {
    const { id, key } = await makeKey(caller.stack, caller.key, { name: 'brief' })
    const asked = respond({ input: 'Tell. [[sandbox: speed=100 tokens=60]]' }, key)
    await new Promise((wait) => setTimeout(wait, 200))
    await call(caller.stack, 'DELETE', `/v1/keys/${id}`, { key })
    expect((await asked).status).toBe(200)
    expect((await respond({ input: 'Hi' }, key)).status).toBe(401)
  })
})

describe('whose it is', () => {
  it('is only the key’s with which it was kept: everybody else gets the same as for nothing', async () => {
    const { id, output } = await made({ input: 'Mine.' })
    const second = await makeKey(caller.stack, caller.key, { name: 'second' })
    const stranger = (await buyCredits(caller.stack, caller.partner, 10)).userKey
    const elsewhere = (await buyCredits(caller.stack, caller.stack.createPartner({ name: 'Other' }), 10)).userKey
    const before = (await caller.calls()).length
    const reference = { type: 'item_reference', id: output[0]?.id }
    const guess = async (key: string) => {
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '/input_items'],
        ['DELETE', ''],
      ] as const) {
        const told = await call(caller.stack, method, `/v1/responses/${id}${path}`, { key })
        const nothing = await call(caller.stack, method, `/v1/responses/${id}x${path}`, { key })
        expect([told.status, nothing.status]).toEqual([404, 404])
        expect(messageOf(told).replace(id, '')).toBe(messageOf(nothing).replace(`${id}x`, ''))
      }
      for (const body of [{ input: 'Go on.', previous_response_id: id }, { input: [reference] }]) {
        const answer = await respond(body, key)
        expect(answer.status).toBe(400)
        expect(messageOf(answer)).toContain('not found or expired')
      }
    }
    await Promise.all([second.key, stranger, elsewhere].map(guess))
    expect((await caller.calls()).length).toBe(before)
    expect((await call(caller.stack, 'GET', `/v1/responses/${id}`, { key: caller.key })).status).toBe(200)
  })

  it('is nobody’s with store: false', async () => {
    for (const model of [claude, gpt]) {
      const { id, answer } = await made({ model, input: 'Forget it.', store: false })
      expect(answer.store).toBe(false)
      expect((await call(caller.stack, 'GET', `/v1/responses/${id}`, { key: caller.key })).status).toBe(404)
    }
  })

  it('may be read by the store’s copy no more than by a stranger: no row opens with another’s', async () => {
    const { id } = await made({ input: 'Mine.' })
    await until(
      async () => (await call(caller.stack, 'GET', `/v1/responses/${id}`, { key: caller.key })).status === 200,
    )
    const stranger = (await buyCredits(caller.stack, caller.partner, 10)).userKey
    const { body } = await call(caller.stack, 'GET', '/v1/keys', { key: stranger })
    const keyId = String(Object((body.data as unknown[])[0]).id)
    await runOnStore(
      caller.stack.environment.DATABASE_URL ?? '',
      `update kept_responses set key_id = '${keyId}' where response_id = '${id}'`,
    )
    expect((await call(caller.stack, 'GET', `/v1/responses/${id}`, { key: stranger })).status).toBe(404)
  })
})

describe('the input of a kept response', () => {
  it('is listed in pages, the newest first or the oldest', async () => {
    const { id } = await made({ input: ['a', 'b', 'c'].map((content) => ({ role: 'user', content })) })
    const list = async (query: string) => {
      const { body, status } = await call(caller.stack, 'GET', `/v1/responses/${id}/input_items${query}`, {
        key: caller.key,
      })
      if (status !== 200) return { status }
      const data = body.data as { id: string; content: { text: string }[] }[]
      return { texts: data.map(({ content }) => content[0]?.text).join(''), more: body.has_more, last: body.last_id }
    }
    expect(await list('')).toMatchObject({ texts: 'cba', more: false })
    const first = await list('?limit=2&order=asc')
    expect(first).toMatchObject({ texts: 'ab', more: true })
    expect(await list(`?limit=2&order=asc&after=${first.last}`)).toMatchObject({ texts: 'c', more: false })
    for (const wrong of ['?limit=0', '?limit=101', '?order=up', '?after=nobody'])
      expect(await list(wrong)).toEqual({ status: 400 })
  })
})

async function grantedKey(credits: number): Promise<string> {
  const to = ['--user', `${randomUUID()}@example.com`, '--partner', caller.partner.id]
  const granted = JSON.parse(caller.stack.cli('credits', 'grant', ...to, '--credits', String(credits), '--json'))
  return String(granted.user_key)
}
