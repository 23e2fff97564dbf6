import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../kernel/clock.ts'
import { createLoginCode } from './login-code.ts'
import { openSignIn, ownOrigin, type TestBrowser } from './test-sign-in.ts'

let world: Awaited<ReturnType<typeof openSignIn>>
let browser: TestBrowser
let count = 0
function someone(): string {
  count += 1
  return `someone${count}@example.com`
}

beforeAll(async () => {
  world = await openSignIn()
})
afterAll(() => world.close())
beforeEach(() => {
  browser = world.browser()
})

describe('signing in on our own pages', () => {
  it('keeps a session in a cookie that only this host and no script can read', async () => {
    const email = someone()
    expect((await browser.call('GET', '/v1/session')).status).toBe(401)
    const { status, body } = await browser.signIn(email)
    expect(status).toBe(200)
    expect(body).toMatchObject({ user: { email }, roles: ['user'] })
    expect(browser.lastSet().map((cookie) => cookie.replace(/=[\w-]{43}/, '=…'))).toEqual([
      '__Host-oc_session=…; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-oc_device=…; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
    expect(await browser.call('GET', '/v1/session')).toMatchObject({ status: 200, body: { user: { email } } })
    const rows = await world.deps.db.selectFrom('sessions').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(browser.cookies().get('__Host-oc_session'))
  })

  it('ends with a sign-out, for copies of the cookie too', async () => {
    await browser.signIn(someone())
    const thief = { cookie: `__Host-oc_session=${browser.cookies().get('__Host-oc_session')}` }
    expect((await browser.call('DELETE', '/v1/session')).status).toBe(204)
    expect(browser.cookies().has('__Host-oc_session')).toBe(false)
    expect((await world.browser().call('GET', '/v1/session', undefined, thief)).status).toBe(401)
    expect((await browser.call('DELETE', '/v1/session')).status).toBe(204)
  })

  it('slides with use: 30 days without any end it', async () => {
    await browser.signIn(someone())
    for (const days of [20, 20, 29]) {
      world.clock.advance(days * dayMs)
      expect((await browser.call('GET', '/v1/session')).status).toBe(200)
    }
    world.clock.advance(31 * dayMs)
    expect((await browser.call('GET', '/v1/session')).status).toBe(401)
  })

  it('ends an operator’s after twelve hours, used or not', async () => {
    expect((await browser.signIn('operator@example.com')).body.roles).toEqual(['user', 'operator'])
    world.clock.advance(11 * hourMs)
    expect((await browser.call('GET', '/v1/session')).status).toBe(200)
    world.clock.advance(2 * hourMs)
    expect((await browser.call('GET', '/v1/session')).status).toBe(401)
  })

  it('counts as recent again after another code, in the same session', async () => {
    const email = someone()
    await browser.signIn(email)
    const token = browser.cookies().get('__Host-oc_session')
    world.clock.advance(11 * minuteMs)
    expect(await browser.call('POST', '/v1/session/passkeys/options', {})).toMatchObject({
      status: 403,
      body: { error: { type: 'recent_sign_in_required' } },
    })
    await browser.signIn(email)
    expect(browser.cookies().get('__Host-oc_session')).toBe(token)
    expect((await browser.call('POST', '/v1/session/passkeys/options', {})).status).toBe(200)
  })

  it('signs in to another account in place of the first, whose session ends', async () => {
    await browser.signIn(someone())
    const first = { cookie: `__Host-oc_session=${browser.cookies().get('__Host-oc_session')}` }
    const email = someone()
    expect((await browser.signIn(email)).body).toMatchObject({ user: { email } })
    expect((await world.browser().call('GET', '/v1/session', undefined, first)).status).toBe(401)
  })
})

describe('codes', () => {
  it('answer the same for an address with an account and one without', async () => {
    const email = someone()
    await browser.signIn(email)
    const known = await world.browser().call('POST', '/v1/session/codes', { email })
    const unknown = await world.browser().call('POST', '/v1/session/codes', { email: someone() })
    expect(known.status).toBe(unknown.status)
    expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body))
  })

  it('are worth nothing to a browser that did not ask, and neither id nor code is in the store', async () => {
    const { loginId, code } = await browser.askForCode(someone())
    const stranger = await world.browser().askForCode(someone())
    expect((await world.browser().call('POST', '/v1/session', { login_id: stranger.loginId, code })).status).toBe(400)
    const rows = JSON.stringify(await world.deps.db.selectFrom('login_codes').selectAll().execute())
    expect(rows).not.toContain(loginId)
    expect(rows).not.toContain(code)
    expect(
      (await browser.call('POST', '/v1/session', { login_id: loginId, code: ` ${code.slice(0, 4)} ${code.slice(4)}` }))
        .status,
    ).toBe(200)
    expect((await browser.call('POST', '/v1/session', { login_id: loginId, code })).body).toMatchObject({
      error: { param: 'code', message: expect.stringContaining('has been used') },
    })
  })

  it('of an app open no account page', async () => {
    const { deps, clock } = world
    await deps.db
      .insertInto('partners')
      .values({
        ...{ id: 'par_other', name: 'Other', email: 'o@example.com', publishable_key: 'oc_pk_other' },
        ...{ share_basis_points: 0, allowed_models: null, logo_url: null, accent_color: null },
        ...{ created_at_ms: 0, updated_at_ms: 0 },
      })
      .execute()
    const login = { email: someone(), partnerId: 'par_other' }
    const { loginId, code } = await createLoginCode(deps.db, deps.pepper, login, clock.nowMs())
    expect(await browser.call('POST', '/v1/session', { login_id: loginId, code })).toMatchObject({
      status: 400,
      body: { error: { param: 'login_id' } },
    })
  })

  it('lock a mailbox after ten wrong tries in a day, but not for a browser that was signed in before', async () => {
    const email = someone()
    await browser.signIn(email)
    await browser.call('DELETE', '/v1/session')
    const stranger = world.browser()
    for (const _ of ['first', 'second']) {
      const { loginId, code } = await stranger.askForCode(email)
      const wrong = code === '00000000' ? '00000001' : '00000000'
      for (let tries = 0; tries < 5; tries += 1)
        expect((await stranger.call('POST', '/v1/session', { login_id: loginId, code: wrong })).status).toBe(400)
    }
    const late = await stranger.askForCode(email)
    expect(await stranger.call('POST', '/v1/session', { login_id: late.loginId, code: late.code })).toMatchObject({
      status: 429,
      body: { error: { type: 'rate_limited' } },
    })
    const own = await browser.askForCode(email)
    expect((await browser.call('POST', '/v1/session', { login_id: own.loginId, code: own.code })).status).toBe(200)
    world.clock.advance(dayMs)
    expect((await world.browser().signIn(email)).status).toBe(200)
  })
})

describe('requests of other sites', () => {
  it.each([
    ['a form of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['a sister host', { 'sec-fetch-site': 'same-site', origin: 'https://other.credits.example' }, 403],
    ['an address that is typed in', { 'sec-fetch-site': 'none' }, 403],
    ['an older browser at another site', { 'sec-fetch-site': undefined, origin: 'https://evil.example' }, 403],
    ['a page without an origin', { 'sec-fetch-site': undefined, origin: 'null' }, 403],
    ['an older browser at our own page', { 'sec-fetch-site': undefined, origin: ownOrigin }, 200],
    ['a program that says nothing', { 'sec-fetch-site': undefined }, 403],
    ['a form’s body', { 'content-type': 'text/plain' }, 415],
    ['a form’s other body', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['our own page', {}, 200],
    ['our own page, with a charset', { 'content-type': 'application/json; charset=utf-8' }, 200],
  ])('%s', async (_name, headers: Record<string, string | undefined>, status) => {
    await browser.signIn(someone())
    const answer = await browser.call('POST', '/v1/session/passkeys/options', {}, headers)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('access-control-allow-origin')).toBe(null)
  })
})

describe('a browser that sends two cookies of the same name, because the app in whose frame it signed in is of our site', () => {
  it('is signed in by the one that lives, or was signed in to last, and signs out of both', async () => {
    const sessionOf = async (email: string) => {
      const page = world.browser()
      await page.signIn(email)
      return `__Host-oc_session=${page.cookies().get('__Host-oc_session')}`
    }
    const [before, after] = [someone(), someone()]
    const older = await sessionOf(before)
    world.clock.advance(1_000)
    const newer = await sessionOf(after)
    const ended = `__Host-oc_session=${'e'.repeat(43)}`
    const whoIs = async (...cookies: readonly string[]) =>
      (await world.browser().call('GET', '/v1/session', undefined, { cookie: cookies.join('; ') })).body
    expect(await whoIs(ended, older)).toMatchObject({ user: { email: before } })
    expect(await whoIs(older, newer)).toMatchObject({ user: { email: after } })
    expect(await whoIs(newer, older)).toMatchObject({ user: { email: after } })
    const page = world.browser()
    await page.call('DELETE', '/v1/session', undefined, { cookie: `${older}; ${newer}` })
    expect(page.lastSet()).toEqual([expect.stringMatching(/Lax$/), expect.stringMatching(/None; Partitioned$/)])
  })
})

describe('the list of sessions', () => {
  it('shows one’s own, ends each, and is the same 404 for another user’s', async () => {
    const email = someone()
    const phone = world.browser()
    await phone.call('GET', '/v1/session')
    await browser.signIn(email)
    const { loginId, code } = await phone.askForCode(email)
    const agent =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1'
    await phone.call('POST', '/v1/session', { login_id: loginId, code }, { 'user-agent': agent })
    const { body } = await browser.call('GET', '/v1/sessions')
    const data = body.data as { id: string; is_current: boolean; device: string | null }[]
    expect(data).toHaveLength(2)
    expect(data.find(({ is_current }) => !is_current)).toMatchObject({ device: 'Safari on iOS', app: null })
    const ofPhone = data.find(({ is_current }) => !is_current)?.id ?? ''
    const other = world.browser()
    await other.signIn(someone())
    expect((await other.call('DELETE', `/v1/sessions/${ofPhone}`)).status).toBe(404)
    expect((await other.call('DELETE', '/v1/sessions/ses_nobody')).status).toBe(404)
    expect((await browser.call('DELETE', `/v1/sessions/${ofPhone}`)).status).toBe(200)
    expect((await phone.call('GET', '/v1/session')).status).toBe(401)
    const acts = await world.deps.db
      .selectFrom('audit_log')
      .select('action')
      .where('target_id', '=', ofPhone)
      .orderBy('at_ms')
      .execute()
    expect(acts.map(({ action }) => action).sort()).toEqual(['session.ended', 'session.opened'])
  })
})
