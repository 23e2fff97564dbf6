import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiAnswer, balanceOf, call, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { makeKey } from './make-key.ts'

/** Calls that cost more than their holds: the provider reports more than the model's documentation allows. */

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0, differences: [] })
  await caller.stack.close()
})

let users = 0

/** A new user with so many credits, and a key of the partner's app. */
function grant(credits: number): { readonly user_id: string; readonly user_key: string; readonly email: string } {
  users += 1
  const email = `user-${users}@example.com`
  const options = ['--user', email, '--credits', String(credits), '--partner', caller.partner.id, '--json']
  return { ...JSON.parse(caller.stack.cli('credits', 'grant', ...options)), email }
}

const recordOf = (answer: ApiAnswer, key: string) => caller.record(answer.headers.get('request-id'), key)
const listMarked = (): readonly { readonly user_id: string; readonly email: string }[] =>
  JSON.parse(caller.stack.cli('users', 'list', '--marked', '--json'))

/** Claude Sonnet 4 takes 300 microcredits a token of the prompt; the prompts of these tests are a few words. */
const reporting = (inputTokens: number) => `Hi [[sandbox: usage-input=${inputTokens} usage-output=1]]`
const small = { max_tokens: 100 }

describe('a call that costs more than its hold', () => {
  it('is charged in full if the wallet has enough; record, mark and log say so', async () => {
    const { user_id, user_key, email } = grant(100)
    const answer = await caller.message(reporting(100_000), small, user_key)
    // 100 000 tokens at 300, one at 1 500 microcredits, and a tenth for the partner.
    expect(answer.status).toBe(200)
    expect(answer.headers.get('opencredits-charge')).toBe('33.00165')
    const record = await recordOf(answer, user_key)
    expect(record).toMatchObject({
      ...{ provider_cost: 30.0015, referral_share: 3.00015, charge: 33.00165, estimated: false },
      ...{ paid_by_operator: 0, above_budget: 0 },
      explanation: expect.stringContaining('It cost more than was held for it'),
    })
    expect(Number(record.above_hold)).toBeCloseTo(33.00165 - Number(record.held), 6)
    expect(await balanceOf(caller.stack, user_key)).toEqual({ balance: 66.99835, held: 0 })
    expect(listMarked().find((one) => one.user_id === user_id)).toMatchObject({
      ...{ email, request_id: answer.headers.get('request-id'), missed_calls: 1, paid_by_operator: 0 },
      above_hold: record.above_hold,
    })
    const logged = caller.stack.output().split('\n')
    const warning = logged.find((line) => line.includes('cost more than was held') && line.includes(user_id))
    expect(JSON.parse(warning ?? '{}')).toMatchObject({
      ...{ level: 40, requestId: answer.headers.get('request-id'), model: 'anthropic/claude-sonnet-4-20250514' },
      ...{ dueMicrocredits: 33_001_650, shortfallMicrocredits: 0 },
    })
  })

  it('takes all that the wallet has; the operator pays the rest of the cost, without a share', async () => {
    const { user_key } = grant(5)
    const answer = await caller.message(reporting(100_000), small, user_key)
    expect(answer.headers.get('opencredits-charge')).toBe('5')
    expect(await recordOf(answer, user_key)).toMatchObject({
      ...{ charge: 5, provider_cost: 30.0015, paid_by_operator: 25.0015, referral_share: 0, fee: 0 },
      explanation: expect.stringContaining('The operator paid what the wallet could not.'),
    })
    expect(await balanceOf(caller.stack, user_key)).toEqual({ balance: 0, held: 0 })
    expect(await caller.message('Hi', small, user_key)).toMatchObject({ status: 402 })
  })

  it('is charged past the key’s budget before the operator pays, and says so', async () => {
    const { user_key } = grant(100)
    const { key: narrow } = await makeKey(caller.stack, caller.key, { name: 'narrow', budget: 2, window: 'total' })
    const answer = await caller.message(reporting(10_000), small, narrow)
    expect(await recordOf(answer, narrow)).toMatchObject({
      ...{ charge: 3.30165, above_budget: 1.30165, paid_by_operator: 0, referral_share: 0.30015 },
      explanation: expect.stringContaining('The charge went past the key’s budget.'),
    })
    expect(await caller.message('Hi', small, narrow)).toMatchObject({
      status: 402,
      body: { error: { type: 'key_budget_exceeded' } },
    })
    expect((await caller.message('Hi', small, user_key)).status).toBe(200)
  })

  it.each([
    ['streams', true],
    ['plain calls', false],
  ])('%s, 20 at once, bring the wallet to 0 and not below; an unpaid cost earns no share', async (_label, stream) => {
    const { user_key } = grant(10)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        caller.message(
          'Hi [[sandbox: usage-input=10000 usage-output=1 first-byte-delay=300]]',
          { ...small, stream },
          user_key,
        ),
      ),
    )
    const served = answers.filter(({ status }) => status === 200)
    expect(served.length).toBeGreaterThan(4)
    const records = await Promise.all(served.map((one) => recordOf(one, user_key)))
    const sum = (field: string) => Math.round(records.reduce((total, record) => total + Number(record[field]), 0) * 1e6)
    expect(sum('charge') + sum('paid_by_operator')).toBe(sum('provider_cost') + sum('referral_share'))
    expect(sum('charge')).toBe(10_000_000)
    for (const record of records)
      if (Number(record.paid_by_operator) > 0) expect(record).toMatchObject({ referral_share: 0, fee: 0 })
    expect(await balanceOf(caller.stack, user_key)).toEqual({ balance: 0, held: 0 })
  })

  it('is counted by model, and so are marked users', async () => {
    const text = await (await fetch(`${direct(caller.stack)}/metrics`)).text()
    const figure = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      )
    const model = 'provider="anthropic",model="anthropic/claude-sonnet-4-20250514"'
    expect(figure(`opencredits_ceilings_missed_total{${model}}`)).toBeGreaterThan(5)
    expect(figure('opencredits_call_microcredits_total{provider="anthropic",part="shortfall"}')).toBeGreaterThan(0)
    await until(async () => {
      const fresh = await (await fetch(`${direct(caller.stack)}/metrics`)).text()
      return fresh.includes(`\nopencredits_users_marked ${listMarked().length}\n`)
    })
    expect(listMarked().length).toBeGreaterThan(3)
  })
})

describe('a mark', () => {
  it('is cleared by the operator, by id or e-mail, and set again by the next such call', async () => {
    const { user_id, user_key, email } = grant(100)
    const clear = (user: string) => JSON.parse(caller.stack.cli('users', 'clear-mark', '--user', user, '--json'))
    const isMarked = () => listMarked().some((one) => one.user_id === user_id)
    const first = await caller.message(reporting(10_000), small, user_key)
    await caller.message(reporting(10_000), small, user_key)
    expect(isMarked()).toBe(true)
    expect(clear(user_id)).toMatchObject({
      ...{ user_id, cleared: true, request_id: first.headers.get('request-id') },
      marked_at: expect.stringMatching(/^\d{4}-/),
    })
    expect(isMarked()).toBe(false)
    expect(clear(email)).toEqual({ user_id, cleared: false, marked_at: null, request_id: null })
    expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, differences: [] })
    // Until the server knows of it, the next calls are still held at the full context window, and miss nothing.
    await until(async () => {
      await caller.message(reporting(10_000), small, user_key)
      return isMarked()
    })
    expect(caller.stack.cli('users', 'clear-mark', '--user', email)).toContain(`${user_id} is not marked any more`)
    expect(caller.stack.cli('users', 'clear-mark', '--user', email)).toContain('was not marked')
  }, 120_000)

  it('moves with a guest to the account that it signs in to', async () => {
    const before = listMarked().length
    const guest = await call(caller.stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: caller.partner.publishable_key, amount: 5, mode: 'embedded' },
    })
    const key = String(guest.body.user_key)
    await caller.stack.sandbox.stripe.control.pay(String(guest.body.session_id))
    await until(async () => (await balanceOf(caller.stack, key)).balance === 500)
    await caller.message(reporting(10_000), small, key)
    const body = { publishable_key: caller.partner.publishable_key, email: 'signed-in@example.com' }
    const login = await call(caller.stack, 'POST', '/v1/login/codes', { body })
    const code = await caller.stack.codeFor(body.email)
    const verified = await call(caller.stack, 'POST', '/v1/login/verify', {
      key,
      body: { ...body, login_id: login.body.login_id, code },
    })
    expect(verified.status, JSON.stringify(verified.body)).toBe(200)
    expect(listMarked().filter(({ email }) => email === body.email)).toHaveLength(1)
    expect(listMarked()).toHaveLength(before + 1)
  })
})
