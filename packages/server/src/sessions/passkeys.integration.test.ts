import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hourMs, minuteMs } from '../kernel/clock.ts'
import { createTestAuthenticator, type TestAuthenticator } from './test-authenticator.ts'
import { openSignIn, ownOrigin, type TestBrowser } from './test-sign-in.ts'

let world: Awaited<ReturnType<typeof openSignIn>>
let browser: TestBrowser
let passkey: TestAuthenticator
let email = ''
let count = 0

beforeAll(async () => {
  world = await openSignIn()
})
afterAll(() => world.close())
beforeEach(async () => {
  count += 1
  email = `holder${count}@example.com`
  browser = world.browser()
  passkey = createTestAuthenticator({ origin: ownOrigin, id: 'credits.example' })
  await browser.signIn(email)
})

async function challengeOf(asking: TestBrowser, path: string): Promise<{ id: string; challenge: string }> {
  const { body } = await asking.call('POST', path, {})
  return { id: String(body.challenge_id), challenge: String((body.options as { challenge: string }).challenge) }
}

async function add(name = 'My phone') {
  const { id, challenge } = await challengeOf(browser, '/v1/session/passkeys/options')
  return browser.call('POST', '/v1/session/passkeys', { challenge_id: id, name, response: passkey.register(challenge) })
}

async function signInWith(answer: (challenge: string) => Record<string, unknown>, asking = world.browser()) {
  const { id, challenge } = await challengeOf(asking, '/v1/session/passkey/options')
  return asking.call('POST', '/v1/session/passkey', { challenge_id: id, response: answer(challenge) })
}

describe('a passkey', () => {
  it('is added, signs in on another device without a code, and is listed and removed', async () => {
    expect(await add()).toMatchObject({ status: 201, body: { name: 'My phone', last_used_at: null } })
    expect(await signInWith(passkey.answer)).toMatchObject({ status: 200, body: { user: { email } } })
    expect(await signInWith(passkey.answer)).toMatchObject({ status: 200, body: { user: { email } } })
    const { body } = await browser.call('GET', '/v1/session/passkeys')
    expect(body.data).toMatchObject([{ id: passkey.id, name: 'My phone', last_used_at: expect.any(Number) }])
    const stranger = world.browser()
    await stranger.signIn(`stranger-${email}`)
    expect((await stranger.call('DELETE', `/v1/session/passkeys/${passkey.id}`)).status).toBe(404)
    expect((await browser.call('DELETE', `/v1/session/passkeys/${passkey.id}`)).status).toBe(200)
    expect((await signInWith(passkey.answer)).status).toBe(400)
  })

  it('counts as a recent sign-in', async () => {
    await add()
    world.clock.advance(11 * minuteMs)
    expect((await browser.call('POST', '/v1/session/passkeys/options', {})).status).toBe(403)
    await signInWith(passkey.answer, browser)
    expect((await browser.call('POST', '/v1/session/passkeys/options', {})).status).toBe(200)
  })

  it.each([
    ['another site’s page', { origin: 'https://evil.example' }],
    ['another site', { id: 'evil.example' }],
    ['no finger, face or PIN', { isUserVerified: false }],
  ])('is refused with %s', async (_name, at) => {
    await add()
    expect(await signInWith((challenge) => passkey.answer(challenge, at))).toMatchObject({
      status: 400,
      body: { error: { param: 'response' } },
    })
  })

  it('is refused with another challenge, a challenge of old, and one that was used', async () => {
    await add()
    const other = await challengeOf(world.browser(), '/v1/session/passkey/options')
    expect((await signInWith(() => passkey.answer(other.challenge))).status).toBe(400)
    const asking = world.browser()
    const { id, challenge } = await challengeOf(asking, '/v1/session/passkey/options')
    const response = passkey.answer(challenge)
    const once = () => asking.call('POST', '/v1/session/passkey', { challenge_id: id, response })
    expect((await Promise.all([once(), once(), once()])).map(({ status }) => status).sort()).toEqual([200, 400, 400])
    const late = await challengeOf(asking, '/v1/session/passkey/options')
    world.clock.advance(6 * minuteMs)
    const lateAnswer = { challenge_id: late.id, response: passkey.answer(late.challenge) }
    expect(await asking.call('POST', '/v1/session/passkey', lateAnswer)).toMatchObject({
      status: 400,
      body: { error: { param: 'challenge_id' } },
    })
  })

  it('is refused when a copy of it was used before', async () => {
    await add()
    const copy = passkey.clone()
    expect((await signInWith(passkey.answer)).status).toBe(200)
    expect((await signInWith(copy.answer)).status).toBe(400)
  })

  it('is nobody else’s: a challenge to register is bound to its user, and the same passkey is registered once', async () => {
    const { id, challenge } = await challengeOf(browser, '/v1/session/passkeys/options')
    const stranger = world.browser()
    await stranger.signIn(`stranger-${email}`)
    const stolen = { challenge_id: id, response: passkey.register(challenge) }
    expect((await stranger.call('POST', '/v1/session/passkeys', stolen)).status).toBe(400)
    expect((await add()).status).toBe(201)
    expect((await add()).status).toBe(409)
    const own = await challengeOf(stranger, '/v1/session/passkeys/options')
    const taken = { challenge_id: own.id, response: passkey.register(own.challenge) }
    expect((await stranger.call('POST', '/v1/session/passkeys', taken)).status).toBe(409)
    expect(await signInWith(passkey.answer)).toMatchObject({ body: { user: { email } } })
  })
})

describe('REQUIRE_PASSKEY=operator', () => {
  const operator = 'operator@example.com'
  const required = { status: 403, body: { error: { type: 'passkey_required' } } }
  let strict: Awaited<ReturnType<typeof openSignIn>>
  beforeAll(async () => {
    strict = await openSignIn({ requirePasskeyOf: ['operator'] })
  })
  afterAll(() => strict.close())

  it('gives the role to a session in which a passkey was used, and to no code; the first is added with a code', async () => {
    const own = strict.browser()
    const without = { roles: ['user'], passkey_required: true }
    const withRole = { roles: ['user', 'operator'], passkey_required: false }
    expect((await own.signIn(operator)).body).toMatchObject(without)
    expect((await own.call('GET', '/v1/session')).body).toMatchObject(without)
    const adding = await challengeOf(own, '/v1/session/passkeys/options')
    const response = passkey.register(adding.challenge)
    const added = await own.call('POST', '/v1/session/passkeys', { challenge_id: adding.id, name: 'Key', response })
    expect(added.status).toBe(201)
    expect((await own.call('GET', '/v1/session')).body).toMatchObject(without)
    // Whoever reads the mailbox adds no second one, and takes the first one away neither.
    expect(await own.call('POST', '/v1/session/passkeys/options', {})).toMatchObject(required)
    expect(await own.call('DELETE', `/v1/session/passkeys/${passkey.id}`)).toMatchObject(required)
    // In the same session, and in one that begins with it.
    expect((await signInWith(passkey.answer, own)).body).toMatchObject(withRole)
    expect((await own.call('GET', '/v1/session')).body).toMatchObject(withRole)
    const other = strict.browser()
    expect((await signInWith(passkey.answer, other)).body).toMatchObject(withRole)
    // A code that makes it recent again takes nothing away, and gives nothing to another browser.
    expect((await own.signIn(operator)).body).toMatchObject(withRole)
    expect((await strict.browser().signIn(operator)).body).toMatchObject(without)
    expect((await own.call('DELETE', `/v1/session/passkeys/${passkey.id}`)).status).toBe(200)
  })

  it('ends sessions of operators’ addresses after twelve hours, with the role and without it, and asks nobody else', async () => {
    const own = strict.browser()
    await own.signIn(operator)
    expect((await strict.browser().signIn(email)).body).toMatchObject({ roles: ['user'], passkey_required: false })
    strict.clock.advance(13 * hourMs)
    expect((await own.call('GET', '/v1/session')).status).toBe(401)
  })
})
