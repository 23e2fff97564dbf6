import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

const live = {
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_a, whsec_b',
  OPENAI_API_KEY: 'one, two',
  SMTP_URL: 'smtp://localhost:25',
  MAIL_FROM: 'credits@example.com',
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('loadConfig', () => {
  it('needs nothing: then it is the sandbox, on SQLite, with dollars and euros', () => {
    const config = loadConfig({})
    expect(config).toMatchObject({ isSandbox: true, port: 8787, host: '127.0.0.1', stripe: null, mail: null })
    expect(config.database.engine).toBe('sqlite')
    expect(config.currencies).toEqual([
      { code: 'usd', microcreditsPerMajorUnit: 100_000_000, minorUnitDigits: 2 },
      { code: 'eur', microcreditsPerMajorUnit: 108_000_000, minorUnitDigits: 2 },
    ])
  })

  it('keeps calls for ever and the figures on this machine unless it is told otherwise', () => {
    expect(loadConfig({})).toMatchObject({ requestRetentionDays: null, metricsToken: null, databasePoolMax: 10 })
    expect(loadConfig({ REQUEST_RETENTION_DAYS: '90' }).requestRetentionDays).toBe(90)
  })

  describe('the keys of the test world', () => {
    const test = {
      STRIPE_TEST_SECRET_KEY: 'sk_test_2',
      STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_2',
      STRIPE_TEST_WEBHOOK_SECRET: 'whsec_c, whsec_d',
    }
    it('are Stripe’s test mode, or the built-in page where there are none', () => {
      expect(loadConfig(live).stripeTest).toBe(null)
      expect(loadConfig({ ...live, ...test, STRIPE_TEST_API_BASE: 'http://localhost:1' }).stripeTest).toEqual({
        ...{ secretKey: 'sk_test_2', publishableKey: 'pk_test_2', webhookSecrets: ['whsec_c', 'whsec_d'] },
        ...{ apiBase: 'http://localhost:1', jsUrl: 'https://js.stripe.com/endive/stripe.js' },
      })
      expect(loadConfig(test)).toMatchObject({ isSandbox: true, stripe: null, stripeTest: { secretKey: 'sk_test_2' } })
    })
    it.each([
      [
        'a live secret key',
        { STRIPE_TEST_SECRET_KEY: 'sk_live_9' },
        /^STRIPE_TEST_SECRET_KEY: is a live key \(sk_live_…\)/,
      ],
      ['a live restricted key', { STRIPE_TEST_SECRET_KEY: 'rk_live_9' }, /^STRIPE_TEST_SECRET_KEY: is a live key/],
      [
        'a live publishable key',
        { STRIPE_TEST_PUBLISHABLE_KEY: 'pk_live_9' },
        /^STRIPE_TEST_PUBLISHABLE_KEY: is a live/,
      ],
      ['another kind of key', { STRIPE_TEST_SECRET_KEY: 'whsec_9' }, /^STRIPE_TEST_SECRET_KEY: expected sk_test_…/],
      ['the live world’s key', { STRIPE_TEST_SECRET_KEY: 'sk_test_1' }, /^STRIPE_TEST_SECRET_KEY: is the same as/],
      ['no publishable key', { STRIPE_TEST_PUBLISHABLE_KEY: '' }, /^STRIPE_TEST_PUBLISHABLE_KEY: required/],
      ['no webhook secret', { STRIPE_TEST_WEBHOOK_SECRET: '' }, /^STRIPE_TEST_WEBHOOK_SECRET: required/],
      ['the live world’s secret', { STRIPE_TEST_WEBHOOK_SECRET: 'whsec_b' }, /^STRIPE_TEST_WEBHOOK_SECRET: holds/],
    ])('are refused with %s', (_what, change, problem) =>
      expect(problemsOf({ ...live, ...test, ...change })).toEqual([expect.stringMatching(problem)]),
    )
    it('are refused where only some of them are set', () =>
      expect(problemsOf({ ...live, ...test, STRIPE_TEST_SECRET_KEY: '' })).toEqual([
        expect.stringMatching(/^STRIPE_TEST_PUBLISHABLE_KEY: needs STRIPE_TEST_SECRET_KEY/),
        expect.stringMatching(/^STRIPE_TEST_WEBHOOK_SECRET: needs STRIPE_TEST_SECRET_KEY/),
      ]))
  })

  it('has clients’ files beside the SQLite file, or in PostgreSQL, or where it is told', () => {
    const postgres = { DATABASE_URL: 'postgres://db/credits', KEY_PEPPER: 'p'.repeat(16), GUEST_PEPPER: 'g'.repeat(16) }
    expect(loadConfig({ DATABASE_URL: 'sqlite:/data/credits.db' }).files).toEqual({
      ...{ address: { kind: 'folder', path: '/data/files' }, fileBytesMax: 26_214_400, userBytesMax: 2 ** 30 },
    })
    expect(loadConfig(postgres).files.address).toEqual({ kind: 'postgres' })
    expect(loadConfig({ ...postgres, FILES_URL: 'file:/shared' }).files.address).toMatchObject({ path: '/shared' })
    expect(problemsOf({ FILES_URL: 'postgres:' })).toEqual([expect.stringMatching(/^FILES_URL: postgres: needs/)])
    expect(problemsOf({ FILES_URL: 's3:bucket' })).toEqual([expect.stringMatching(/^FILES_URL: expected file:FOLDER/)])
  })

  it('prints commands as they run from the repository, or as the image says', () => {
    expect(loadConfig({}).operatorCommand).toBe('npx --yes pnpm@12 opencredits')
    expect(loadConfig({ OPERATOR_COMMAND: ' docker exec oc opencredits ' }).operatorCommand).toBe(
      'docker exec oc opencredits',
    )
  })

  it('takes an empty variable for one that is not set', () =>
    expect(loadConfig({ PORT: ' ', OPENAI_API_KEY: '' }).isSandbox).toBe(true))

  it('lets apps sign up themselves: at once in the sandbox, else by approval', () => {
    expect(loadConfig({}).signUp).toEqual({ mode: 'open', shareBasisPoints: 1000 })
    expect(loadConfig(live).signUp.mode).toBe('approval')
    expect(loadConfig({ ...live, PARTNER_SIGNUP: 'closed' }).signUp.mode).toBe('closed')
    expect(problemsOf({ PARTNER_REFERRAL_RATE: '0.3', REFERRAL_RATE_MAX: '0.2' })).toEqual([
      expect.stringMatching(/^PARTNER_REFERRAL_RATE: is above REFERRAL_RATE_MAX/),
    ])
  })

  it('reads lists of keys and webhook secrets', () => {
    const config = loadConfig(live)
    expect(config.isSandbox).toBe(false)
    expect(config.stripe?.webhookSecrets).toEqual(['whsec_a', 'whsec_b'])
    expect(config.providers.openai.apiKeys).toEqual(['one', 'two'])
  })

  it('knows the minor units of each currency', () =>
    expect(loadConfig({ CURRENCIES: 'JPY=0.66, kwd=325.5' }).currencies).toEqual([
      { code: 'jpy', microcreditsPerMajorUnit: 660_000, minorUnitDigits: 0 },
      { code: 'kwd', microcreditsPerMajorUnit: 325_500_000, minorUnitDigits: 3 },
    ]))

  it('leaves one provider key without Stripe out of sandbox mode', () =>
    expect(loadConfig({ XAI_API_KEY: 'k' }).isSandbox).toBe(false))

  const wrong: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ['a port that is no number', { PORT: '80a' }, /^PORT: .*whole number.*"80a"/],
    ['a port out of range', { PORT: '70000' }, /^PORT: /],
    ['a public URL without a scheme', { PUBLIC_URL: 'credits.example' }, /^PUBLIC_URL: /],
    ['an unknown database', { DATABASE_URL: 'mysql://user:hunter2@host' }, /^DATABASE_URL: expected sqlite:PATH/],
    ['a currency that is none', { CURRENCIES: 'zzz=1' }, /^CURRENCIES: .*"zzz=1"/],
    ['a rate of zero', { CURRENCIES: 'usd=0' }, /^CURRENCIES: /],
    ['a fee over 1', { OPERATOR_FEE_RATE: '1.5' }, /^OPERATOR_FEE_RATE: /],
    ['a log level that is none', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL: /],
    ['Stripe without its webhook secret', { ...live, STRIPE_WEBHOOK_SECRET: '' }, /^STRIPE_WEBHOOK_SECRET: required/],
    [
      'Stripe without its publishable key',
      { ...live, STRIPE_PUBLISHABLE_KEY: '' },
      /^STRIPE_PUBLISHABLE_KEY: required/,
    ],
    ['production in sandbox mode', { NODE_ENV: 'production' }, /^NODE_ENV: production refuses sandbox mode/],
    [
      'webhooks into this network beside a live key',
      { ...live, STRIPE_SECRET_KEY: 'sk_live_1', WEBHOOK_ALLOW_PRIVATE: '1' },
      /^WEBHOOK_ALLOW_PRIVATE: is for trying webhooks out/,
    ],
    ['production without mail', { ...live, NODE_ENV: 'production', SMTP_URL: '' }, /^SMTP_URL: required in production/],
    [
      'PostgreSQL without a shared pepper',
      { DATABASE_URL: 'postgres://localhost/x', GUEST_PEPPER: 'g'.repeat(16) },
      /^KEY_PEPPER: required/,
    ],
    [
      'PostgreSQL without a shared pepper for guests',
      { DATABASE_URL: 'postgres://localhost/x', KEY_PEPPER: 'k'.repeat(16) },
      /^GUEST_PEPPER: required/,
    ],
    [
      'one pepper for both',
      { KEY_PEPPER: 'k'.repeat(16), GUEST_PEPPER: 'k'.repeat(16) },
      /^GUEST_PEPPER: is the same as KEY_PEPPER/,
    ],
    ['a short pepper', { KEY_PEPPER: 'short' }, /^KEY_PEPPER: .*16 characters/],
    ['a short pepper for guests', { GUEST_PEPPER: 'short' }, /^GUEST_PEPPER: .*16 characters/],
    ['a role that is none', { REQUIRE_PASSKEY: 'operator,admin' }, /^REQUIRE_PASSKEY: .*operator or partner.*"admin"/],
    ['a referral rate over 100 %', { REFERRAL_RATE_MAX: '1.5' }, /^REFERRAL_RATE_MAX: .*from 0 to 1/],
    ['a metrics token that is guessed', { METRICS_TOKEN: 'secret' }, /^METRICS_TOKEN: .*16 characters/],
    [
      'a metrics token that no header carries',
      { METRICS_TOKEN: 'two words of a token' },
      /^METRICS_TOKEN: .*white space/,
    ],
    ['a retention of nothing', { REQUEST_RETENTION_DAYS: '0' }, /^REQUEST_RETENTION_DAYS: .*from 1/],
    ['a pool without connections', { DATABASE_POOL_MAX: '0' }, /^DATABASE_POOL_MAX: .*from 1/],
    [
      'bounds the wrong way round',
      { PURCHASE_CREDITS_MIN: '10', PURCHASE_CREDITS_MAX: '5' },
      /^PURCHASE_CREDITS_MIN: /,
    ],
  ]
  for (const [label, environment, expected] of wrong) {
    it(`names ${label}`, () => expect(problemsOf(environment)).toEqual([expect.stringMatching(expected)]))
  }

  it('names every problem at once and never a password', () => {
    const problems = problemsOf({ PORT: 'x', LOG_LEVEL: 'y', DATABASE_URL: 'mysql://user:hunter2@host' })
    expect(problems).toHaveLength(3)
    expect(problems.join()).not.toContain('hunter2')
  })
})
