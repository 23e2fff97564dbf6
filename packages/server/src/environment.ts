import { resolve } from 'node:path'
import { z } from 'zod'
import {
  basisPoints,
  currencies,
  database,
  defaultCurrencies,
  emails,
  fileStore,
  httpUrl,
  integer,
  list,
  namesOf,
  pepper,
} from './config-values.ts'
import { repositoryCommand } from './kernel/operator-command.ts'
import { passkeyRoles } from './sessions/session-roles.ts'

/** Whether users may sign up apps themselves, and whether such an app is live at once. */
export const signUpModes = ['open', 'approval', 'closed'] as const

export const stripeJsUrl = 'https://js.stripe.com/endive/stripe.js'

/** Every variable that the operator can set, its bounds and its default (`docs/operations/configuration.md`). */
export const environmentSchema = z
  .object({
    NODE_ENV: z.string().optional(),
    PORT: integer(0, 65_535).default(8787),
    HOST: z.string().default('127.0.0.1'),
    PUBLIC_URL: httpUrl.optional(),
    OPERATOR_COMMAND: z.string().trim().max(200).default(repositoryCommand),
    DATABASE_URL: database.default({ engine: 'sqlite', location: resolve('./data/opencredits.db') }),
    DATABASE_POOL_MAX: integer(1, 1000).default(10),
    KEY_PEPPER: pepper.optional(),
    GUEST_PEPPER: pepper.optional(),
    STRIPE_SECRET_KEY: z.string().optional(),
    STRIPE_PUBLISHABLE_KEY: z.string().optional(),
    STRIPE_WEBHOOK_SECRET: list.optional(),
    STRIPE_API_BASE: httpUrl.optional(),
    STRIPE_JS_URL: httpUrl.default(stripeJsUrl),
    STRIPE_TEST_SECRET_KEY: z.string().optional(),
    STRIPE_TEST_PUBLISHABLE_KEY: z.string().optional(),
    STRIPE_TEST_WEBHOOK_SECRET: list.optional(),
    STRIPE_TEST_API_BASE: httpUrl.optional(),
    ANTHROPIC_API_KEY: list.default([]),
    OPENAI_API_KEY: list.default([]),
    GEMINI_API_KEY: list.default([]),
    XAI_API_KEY: list.default([]),
    ANTHROPIC_BASE_URL: httpUrl.default('https://api.anthropic.com'),
    OPENAI_BASE_URL: httpUrl.default('https://api.openai.com/v1'),
    GEMINI_BASE_URL: httpUrl.default('https://generativelanguage.googleapis.com/v1beta/openai'),
    XAI_BASE_URL: httpUrl.default('https://api.x.ai/v1'),
    SMTP_URL: z
      .string()
      .regex(/^smtps?:\/\//, 'expected smtp://user:password@host:port')
      .optional(),
    MAIL_FROM: z.string().optional(),
    CURRENCIES: currencies.default(defaultCurrencies()),
    OPERATOR_FEE_RATE: basisPoints.default(0),
    REFERRAL_RATE_MAX: basisPoints.default(10_000),
    PARTNER_SIGNUP: z.enum(signUpModes).optional(),
    PARTNER_REFERRAL_RATE: basisPoints.default(1_000),
    REDIS_URL: z
      .string()
      .regex(/^rediss?:\/\//, 'expected redis://host:port')
      .optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    METRICS_TOKEN: z
      .string()
      .regex(/^\S{16,}$/, 'expected at least 16 characters without white space')
      .optional(),
    MODELS_FILE: z.string().optional(),
    OPERATOR_EMAILS: emails.default([]),
    REQUIRE_PASSKEY: namesOf(passkeyRoles).default([]),
    TERMS_URL: httpUrl.optional(),
    TRUSTED_PROXY_HOPS: integer(0, 10).default(0),
    UPSTREAM_CONNECT_TIMEOUT_MS: integer(100, 600_000).default(10_000),
    UPSTREAM_FIRST_BYTE_TIMEOUT_MS: integer(100, 3_600_000).default(600_000),
    UPSTREAM_IDLE_TIMEOUT_MS: integer(100, 3_600_000).default(300_000),
    STOP_NOTICE_MS: integer(0, 600_000).default(0),
    DRAIN_TIMEOUT_MS: integer(0, 3_600_000).default(30_000),
    STREAM_PING_INTERVAL_MS: integer(50, 600_000).default(15_000),
    CLIENT_GONE_READ_MAX_MS: integer(0, 3_600_000).default(300_000),
    CLIENT_STALL_MAX_MS: integer(100, 3_600_000).default(60_000),
    ADDRESS_REQUESTS_PER_MINUTE: integer(1, 10_000_000).default(6_000),
    KEY_REQUESTS_PER_MINUTE: integer(1, 10_000_000).default(1_200),
    KEY_CALLS_AT_ONCE: integer(1, 1_000_000).default(256),
    // At least one body of 50 MB has to fit into the part that large ones may take.
    BODY_BYTES_IN_FLIGHT_MAX: integer(64 * 1024 * 1024, 2 ** 40).default(512 * 1024 * 1024),
    REQUEST_RETENTION_DAYS: integer(1, 36_500).optional(),
    PAYOUT_DELAY_DAYS: integer(0, 365).default(14),
    KEPT: z.enum(['on', 'off']).default('on'),
    RESPONSES_KEPT_HOURS: integer(1, 87_600).default(720),
    BATCH_REQUESTS_MAX: integer(1, 100_000).default(10_000),
    BATCHES_OPEN_PER_USER: integer(1, 100_000).default(20),
    BATCH_POLL_MS: integer(10, 3_600_000).default(30_000),
    FILES_URL: fileStore.optional(),
    FILE_BYTES_MAX: integer(1024, 25 * 1024 * 1024).default(25 * 1024 * 1024),
    FILES_BYTES_PER_USER: integer(1024, 2 ** 40).default(2 ** 30),
    WEBHOOK_ALLOW_PRIVATE: z.enum(['0', '1']).default('0'),
    PURCHASE_CREDITS_MIN: integer(1, 1_000_000_000).default(100),
    PURCHASE_CREDITS_MAX: integer(1, 1_000_000_000).default(100_000),
  })
  .superRefine((set, context) => {
    const problem = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message })
    const isProduction = set.NODE_ENV === 'production'
    if (set.STRIPE_SECRET_KEY !== undefined) {
      if (set.STRIPE_PUBLISHABLE_KEY === undefined)
        problem('STRIPE_PUBLISHABLE_KEY', 'required beside STRIPE_SECRET_KEY')
      if ((set.STRIPE_WEBHOOK_SECRET ?? []).length === 0) {
        problem(
          'STRIPE_WEBHOOK_SECRET',
          'required beside STRIPE_SECRET_KEY (whsec_…): without it no payment could be believed',
        )
      }
    }
    for (const [name, message] of testStripeProblems(set)) problem(name, message)
    if (isProduction && isSandbox(set)) {
      problem('NODE_ENV', 'production refuses sandbox mode: set STRIPE_SECRET_KEY and at least one provider key')
    }
    if (!isSandbox(set) && set.SMTP_URL === undefined && isProduction) {
      problem('SMTP_URL', 'required in production: users sign in by e-mailed codes')
    }
    if (set.SMTP_URL !== undefined && set.MAIL_FROM === undefined) problem('MAIL_FROM', 'required beside SMTP_URL')
    for (const name of ['KEY_PEPPER', 'GUEST_PEPPER'] as const) {
      if (set.DATABASE_URL.engine === 'postgres' && set[name] === undefined)
        problem(name, 'required with PostgreSQL: all servers must share one (any 32 random characters, kept for ever)')
    }
    if (set.FILES_URL?.kind === 'postgres' && set.DATABASE_URL.engine !== 'postgres')
      problem('FILES_URL', 'postgres: needs DATABASE_URL=postgres://…; with SQLite files are in a folder: file:FOLDER')
    if (set.GUEST_PEPPER !== undefined && set.GUEST_PEPPER === set.KEY_PEPPER)
      problem(
        'GUEST_PEPPER',
        'is the same as KEY_PEPPER: choose another, so that neither alone is enough to make a guest’s key',
      )
    if (set.PARTNER_REFERRAL_RATE > set.REFERRAL_RATE_MAX)
      problem('PARTNER_REFERRAL_RATE', 'is above REFERRAL_RATE_MAX: no app could be signed up')
    if (set.WEBHOOK_ALLOW_PRIVATE === '1' && (isProduction || set.STRIPE_SECRET_KEY?.startsWith('sk_live_') === true))
      problem(
        'WEBHOOK_ALLOW_PRIVATE',
        'is for trying webhooks out: where money is real, an app could reach what is behind your firewall. Leave it out',
      )
    if (set.PURCHASE_CREDITS_MIN > set.PURCHASE_CREDITS_MAX)
      problem('PURCHASE_CREDITS_MIN', 'is above PURCHASE_CREDITS_MAX')
  })

const testStripeSettings = {
  STRIPE_TEST_SECRET_KEY: { live: 'STRIPE_SECRET_KEY', prefix: /^(sk|rk)_test_/, expected: 'sk_test_… or rk_test_…' },
  STRIPE_TEST_PUBLISHABLE_KEY: { live: 'STRIPE_PUBLISHABLE_KEY', prefix: /^pk_test_/, expected: 'pk_test_…' },
} as const

interface StripeSettings {
  readonly STRIPE_SECRET_KEY?: string | undefined
  readonly STRIPE_PUBLISHABLE_KEY?: string | undefined
  readonly STRIPE_WEBHOOK_SECRET?: readonly string[] | undefined
  readonly STRIPE_TEST_SECRET_KEY?: string | undefined
  readonly STRIPE_TEST_PUBLISHABLE_KEY?: string | undefined
  readonly STRIPE_TEST_WEBHOOK_SECRET?: readonly string[] | undefined
  readonly STRIPE_TEST_API_BASE?: string | undefined
}

/** The keys of the test world: all three or none, of Stripe's test mode, and none of them a live one's. */
function testStripeProblems(set: StripeSettings): readonly (readonly [name: string, message: string])[] {
  const secrets = set.STRIPE_TEST_WEBHOOK_SECRET ?? []
  if (set.STRIPE_TEST_SECRET_KEY === undefined) {
    const alone = [
      ...(set.STRIPE_TEST_PUBLISHABLE_KEY === undefined ? [] : ['STRIPE_TEST_PUBLISHABLE_KEY']),
      ...(secrets.length === 0 ? [] : ['STRIPE_TEST_WEBHOOK_SECRET']),
      ...(set.STRIPE_TEST_API_BASE === undefined ? [] : ['STRIPE_TEST_API_BASE']),
    ]
    return alone.map((name) => [name, 'needs STRIPE_TEST_SECRET_KEY (sk_test_…) beside it'] as const)
  }
  const problems: (readonly [string, string])[] = []
  for (const name of ['STRIPE_TEST_SECRET_KEY', 'STRIPE_TEST_PUBLISHABLE_KEY'] as const) {
    const { live, prefix, expected } = testStripeSettings[name]
    const value = set[name]
    if (value === undefined) problems.push([name, 'required beside STRIPE_TEST_SECRET_KEY'])
    else if (/^(sk|rk|pk)_live_/.test(value))
      problems.push([
        name,
        `is a live key (${value.slice(0, 8)}…): a test purchase would take real money. Put ${expected} of Stripe's test mode there`,
      ])
    else if (!prefix.test(value)) problems.push([name, `expected ${expected} of Stripe's test mode`])
    else if (value === set[live])
      problems.push([name, `is the same as ${live}: leave it out, and test purchases are paid on the built-in page`])
  }
  if (secrets.length === 0)
    problems.push([
      'STRIPE_TEST_WEBHOOK_SECRET',
      'required beside STRIPE_TEST_SECRET_KEY (whsec_…): without it no payment could be believed',
    ])
  if (secrets.some((secret) => set.STRIPE_WEBHOOK_SECRET?.includes(secret)))
    problems.push([
      'STRIPE_TEST_WEBHOOK_SECRET',
      'holds a secret of STRIPE_WEBHOOK_SECRET: the world of an event is known by the secret that signed it, so each endpoint needs its own',
    ])
  return problems
}

export type ParsedEnvironment = z.infer<typeof environmentSchema>

/** Neither Stripe nor any provider is configured. */
export function isSandbox(
  set: Pick<
    ParsedEnvironment,
    'STRIPE_SECRET_KEY' | 'ANTHROPIC_API_KEY' | 'OPENAI_API_KEY' | 'GEMINI_API_KEY' | 'XAI_API_KEY'
  >,
): boolean {
  const providerKeys = [set.ANTHROPIC_API_KEY, set.OPENAI_API_KEY, set.GEMINI_API_KEY, set.XAI_API_KEY]
  return set.STRIPE_SECRET_KEY === undefined && providerKeys.every((keys) => keys.length === 0)
}
