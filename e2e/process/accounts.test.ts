import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, buyCredits, call, until, verifyLedger } from './api-client.ts'
import { makeKey } from './make-key.ts'
import { startProcessStack } from './process-stack.ts'
import { askForCode as askForCodeOf, fromFrame, signInTo } from './sign-in.ts'

let stack: Stack
let partner: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack()
  partner = stack.createPartner()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true })
  await stack.close()
})

const askForCode = (email: string) => askForCodeOf(stack, partner, email)
const verify = (loginId: string, code: string, key?: string) =>
  call(stack, 'POST', '/v1/login/verify', {
    headers: fromFrame(stack),
    body: { login_id: loginId, code },
    ...(key === undefined ? {} : { key }),
  })

describe('signing in', () => {
  it('moves a guest’s credits, keys, purchases and calls to the account, once, whoever tries at the same time', async () => {
    const guest = await buyCredits(stack, partner, 10)
    const asked = await call(stack, 'POST', '/v1/chat/completions', {
      key: guest.userKey,
      body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] },
    })
    const spent = Number(asked.headers.get('opencredits-charge'))
    const { loginId, code } = await askForCode('merge@example.com')
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(loginId, code, guest.userKey)))
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19)
    const consent = { consent_id: won[0]?.body.consent_id, budget: null, window: 'month' }
    const account = String((await call(stack, 'POST', '/v1/login/consent', { body: consent })).body.user_key)
    const left = Math.round((1000 - spent) * 1e6) / 1e6
    expect(won[0]?.body).toMatchObject({ email: 'merge@example.com', balance: left })
    expect((await balanceOf(stack, account)).balance).toBe(left)
    expect((await balanceOf(stack, guest.userKey)).balance).toBe(left)
    const history = await call(stack, 'GET', '/v1/credits/history', { key: account })
    expect(
      (history.body.data as { type: string; credits: number }[]).map(({ type, credits }) => [type, credits]),
    ).toEqual([
      ['merge', left],
      ['usage', -spent],
    ])
    expect((await call(stack, 'GET', `/v1/checkout/sessions/${guest.sessionId}`, { key: account })).body).toMatchObject(
      { status: 'complete' },
    )
  })

  it('leaves a guest’s credits where they are when only a named key of the guest is sent', async () => {
    const guest = await buyCredits(stack, partner, 10)
    const named = await makeKey(stack, guest.userKey, { name: 'lent', budget: 1 })
    const { loginId, code } = await askForCode('borrower@example.com')
    expect((await verify(loginId, code, named.key)).body).toMatchObject({ balance: 0 })
    expect((await balanceOf(stack, guest.userKey)).balance).toBe(1000)
  })

  it('counts every guess, also those that are made at once: five and no more', async () => {
    const { loginId, code } = await askForCode('guess@example.com')
    const wrong = code === '00000000' ? '00000001' : '00000000'
    const guesses = await Promise.all(Array.from({ length: 20 }, () => verify(loginId, wrong)))
    expect(guesses.every(({ status }) => status === 400)).toBe(true)
    expect((await verify(loginId, code)).body).toMatchObject({
      error: { param: 'code', message: expect.stringContaining('Too many') },
    })
  })

  it('an address that is typed at Stripe opens no account', async () => {
    const { userKey: owner } = await signInTo(stack, partner, 'owner@example.com')
    const created = await call(stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: partner.publishable_key, amount: 10, email: 'owner@example.com' },
    })
    await stack.sandbox.stripe.control.pay(String(created.body.session_id))
    await until(async () => (await balanceOf(stack, String(created.body.user_key))).balance === 1000)
    expect((await balanceOf(stack, owner)).balance).toBe(0)
    expect((await call(stack, 'GET', '/v1/me', { key: String(created.body.user_key) })).body).toMatchObject({
      is_guest: true,
      email: null,
    })
  })

  it('answers the same for known and unknown addresses, and is throttled per address', async () => {
    const statuses: number[] = []
    for (let times = 0; times < 6; times += 1) {
      const answer = await call(stack, 'POST', '/v1/login/codes', {
        body: { publishable_key: partner.publishable_key, email: 'flood@example.com' },
      })
      statuses.push(answer.status)
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })
})

describe('history', () => {
  it('pages by offset and by cursor, and its entries come to the balance', async () => {
    const { userKey } = await buyCredits(stack, partner, 10)
    for (let times = 0; times < 5; times += 1) {
      await call(stack, 'POST', '/v1/chat/completions', {
        key: userKey,
        body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] },
      })
    }
    const all = (await call(stack, 'GET', '/v1/credits/history', { key: userKey })).body as {
      data: { id: string; credits: number }[]
      total: number
    }
    expect(all.total).toBe(6)
    const sum = all.data.reduce((total, { credits }) => total + Math.round(credits * 1e6), 0)
    expect(sum).toBe(Math.round((await balanceOf(stack, userKey)).balance * 1e6))
    const byOffset = [0, 2, 4].map(
      async (offset) =>
        (await call(stack, 'GET', `/v1/credits/history?limit=2&offset=${offset}`, { key: userKey })).body.data as {
          id: string
        }[],
    )
    expect((await Promise.all(byOffset)).flat().map(({ id }) => id)).toEqual(all.data.map(({ id }) => id))
    const walked: string[] = []
    let after: unknown = null
    do {
      const page = await call(stack, 'GET', `/v1/credits/history?limit=4${after === null ? '' : `&after=${after}`}`, {
        key: userKey,
      })
      walked.push(...(page.body.data as { id: string }[]).map(({ id }) => id))
      after = page.body.next
    } while (after !== null)
    expect(walked).toEqual(all.data.map(({ id }) => id))
  })

  it('shows a balance in money, rounded down, and somebody else’s request as none', async () => {
    const mine = await buyCredits(stack, partner, 10)
    const other = await buyCredits(stack, partner, 10)
    expect((await call(stack, 'GET', '/v1/credits?currency=eur', { key: mine.userKey })).body).toEqual({
      balance: 9.25,
      currency: 'EUR',
    })
    const asked = await call(stack, 'POST', '/v1/chat/completions', {
      key: mine.userKey,
      body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] },
    })
    expect(
      (await call(stack, 'GET', `/v1/credits/requests/${asked.headers.get('request-id')}`, { key: other.userKey }))
        .status,
    ).toBe(404)
  })
})

describe('the command line', () => {
  const cli = (...args: readonly string[]) =>
    spawnSync(
      resolve(import.meta.dirname, '../../node_modules/.bin/node'),
      [join(import.meta.dirname, '../../packages/server/src/cli/opencredits.ts'), ...args],
      {
        env: stack.environment,
        encoding: 'utf8',
      },
    )

  it.each([
    ['partner create', ['partner', 'create', '--name', 'x'], /--email/],
    [
      'a rate that is none',
      ['partner', 'create', '--name', 'x', '--email', 'a@b.co', '--referral-rate', 'ten'],
      /0\.1 for 10 %/,
    ],
    [
      'a rate over 100 %',
      ['partner', 'create', '--name', 'x', '--email', 'a@b.co', '--referral-rate', '1.01'],
      /from 0 to 1/,
    ],
    ['a state that is none', ['partner', 'update', 'par_none', '--active', 'perhaps'], /yes, no/],
    [
      'an origin that is none',
      [
        'partner',
        'create',
        '--name',
        'x',
        '--email',
        'a@b.co',
        '--referral-rate',
        '0.1',
        '--origin',
        'http://app.example',
      ],
      /https:\/\/app\.example/,
    ],
    ['an unknown partner', ['partner', 'update', 'par_none', '--name', 'y'], /no partner par_none/],
    ['an unknown user', ['credits', 'grant', '--user', 'usr_none', '--credits', '5'], /no user usr_none/],
    ['an unknown user to clear', ['users', 'clear-mark', '--user', 'usr_none'], /no user usr_none/],
    ['nobody to clear', ['users', 'clear-mark'], /--user/],
    ['a list of all users', ['users', 'list'], /--marked/],
    ['a negative grant', ['credits', 'grant', '--user', 'a@b.co', '--credits', '-5'], /positive number/],
    ['an unknown command', ['payout'], /unknown command/],
  ])('explains %s and fails', (_label, args, message) => {
    const result = cli(...args)
    expect(result.status).not.toBe(0)
    expect(result.stderr).toMatch(message)
    expect(result.stderr).not.toContain('    at ')
  })

  it('has help for every command', () => {
    for (const command of [
      [],
      ['serve'],
      ['migrate'],
      ['partner'],
      ['partner', 'create'],
      ['partner', 'list'],
      ['partner', 'update'],
      ['credits', 'grant'],
      ['ledger', 'verify'],
      ['users'],
      ['users', 'list'],
      ['users', 'clear-mark'],
    ]) {
      const result = cli(...command, '--help')
      expect(result.status).toBe(0)
      expect(result.stdout).toContain('Usage: opencredits')
    }
  })

  it('changes a partner’s terms while the server runs', async () => {
    const other = stack.createPartner({ name: 'Other' })
    const updated = JSON.parse(
      cli('partner', 'update', other.id, '--referral-rate', '0.25', '--models', 'gpt-4o-mini', '--json').stdout,
    )
    expect(updated).toMatchObject({ referral_rate: 0.25, models: ['gpt-4o-mini'], name: 'Other' })
    const { userKey } = await buyCredits(stack, other, 5)
    expect(
      await call(stack, 'POST', '/v1/chat/completions', {
        key: userKey,
        body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] },
      }),
    ).toMatchObject({
      status: 403,
      body: { error: { type: 'model_not_allowed' } },
    })
    const open = JSON.parse(cli('partner', 'update', other.id, '--models', 'all', '--json').stdout)
    expect(open.models).toBeNull()
  })
})
