import { dirname, join, resolve } from 'node:path'
import type { BatchLimits } from './batches/batch-deps.ts'
import { environmentSchema, isSandbox, type ParsedEnvironment, type signUpModes } from './environment.ts'
import type { FileStoreAddress } from './files/open-file-store.ts'
import type { RoleRules } from './sessions/session-roles.ts'
import type { DatabaseAddress } from './store/open-database.ts'

/** Everything the operator can set, validated. `config.ts` alone reads the environment. */
export interface Config {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** Origin that browsers use, no trailing slash; null: `http://localhost:PORT`, known once it listens. */
  readonly publicUrl: string | null
  /** How the operator runs a command of the server, where a message has to name one: `<this> partner list`. */
  readonly operatorCommand: string
  readonly database: DatabaseAddress
  /** Connections to PostgreSQL at once, for each server. */
  readonly databasePoolMax: number
  /** Null: made once and kept beside the data. */
  readonly keyPepper: string | null
  /** Derives guests' keys; null: made once and kept beside the data. */
  readonly guestPepper: string | null
  readonly stripe: StripeConfig | null
  /** For purchases of the test world; null: they are paid on the built-in page. */
  readonly stripeTest: StripeConfig | null
  readonly providers: Readonly<Record<ProviderName, ProviderConfig>>
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null
  readonly currencies: readonly CurrencyConfig[]
  readonly operatorFeeBasisPoints: number
  /** Whose accounts are the operator's, and which roles need a passkey. */
  readonly roleRules: RoleRules
  /** No partner's referral share is set above this; 10 000 is 100 % of the provider's cost, which is the most. */
  readonly shareBasisPointsMax: number
  /** How new apps come; in sandbox mode they are live at once, so that one can try all of it. */
  readonly signUp: {
    readonly mode: (typeof signUpModes)[number]
    /** The referral share of apps that are signed up so. */
    readonly shareBasisPoints: number
  }
  readonly redisUrl: string | null
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** Neither Stripe nor any provider is configured: the local stand-ins answer. Production refuses it. */
  readonly isSandbox: boolean
  readonly isProduction: boolean
  /** Who may read `/metrics`; null: only clients on this machine. */
  readonly metricsToken: string | null
  /** JSON file with the operator's own models, prices and aliases. */
  readonly modelsFile: string | null
  readonly termsUrl: string | null
  /** How many proxies in front may be believed about the client's address. */
  readonly trustedProxyHops: number
  readonly upstreamTimeouts: { readonly connectMs: number; readonly firstByteMs: number; readonly idleMs: number }
  /** How long a server that is to stop says so in its health before it takes no more: longer than a load balancer needs to notice. */
  readonly stopNoticeMs: number
  /** How long a shutdown waits for calls in flight. */
  readonly drainTimeoutMs: number
  /** How long a stream may be silent before the client is told that it is alive. */
  readonly pingIntervalMs: number
  /** How long the answer of a client that has left is read on for its count, before the provider is stopped. */
  readonly clientGoneReadMsMax: number
  /** A client that takes nothing of its stream for so long is cut off, and has left. */
  readonly clientStallMsMax: number
  /** Requests a minute from one address, whoever it says it is: guessing keys is slow. */
  readonly addressRequestsPerMinute: number
  /** Bytes of request bodies that the server holds at once. */
  readonly bodyBytesInFlightMax: number
  readonly requestLimits: { readonly keyPerMinute: number; readonly keyAtOnce: number }
  /** Older calls are kept as sums by day; null: each for ever. */
  readonly requestRetentionDays: number | null
  /** For how long partners' shares are pending before they are payable. */
  readonly payoutDelayDays: number
  /** What clients may keep with us. */
  readonly kept: { readonly isOn: boolean; readonly responsesHours: number }
  readonly batches: BatchLimits
  /** Webhooks may go to http, to any port and into this network: for trying them out. */
  readonly allowsPrivateWebhooks: boolean
  readonly files: {
    readonly address: FileStoreAddress
    readonly fileBytesMax: number
    readonly userBytesMax: number
  }
  /** Bounds of one purchase, in credits. */
  readonly purchaseCredits: { readonly min: number; readonly max: number }
}

export const providerNames = ['anthropic', 'openai', 'google', 'xai'] as const
export type ProviderName = (typeof providerNames)[number]

export interface ProviderConfig {
  /** Tried in turn; empty: the provider is not configured. */
  readonly apiKeys: readonly string[]
  /** No trailing slash. Set by the operator only, never by a request. */
  readonly baseUrl: string
}

export interface StripeConfig {
  readonly secretKey: string
  readonly publishableKey: string
  /** Several while a secret is rotated. */
  readonly webhookSecrets: readonly string[]
  /** Another host that speaks Stripe's API; null: Stripe's own. */
  readonly apiBase: string | null
  readonly jsUrl: string
}

export interface CurrencyConfig {
  /** ISO 4217, lower case. */
  readonly code: string
  /** What one major unit buys, in microcredits. */
  readonly microcreditsPerMajorUnit: number
  /** Digits after the point in our own rows: 2 for USD, 0 for JPY. Stripe's own count differs for some: see `stripe-amount.ts`. */
  readonly minorUnitDigits: number
}

/** Names every variable that is wrong, so that one look is enough. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws ConfigError that lists every problem. An empty variable counts as not set. */
export function loadConfig(environment: Environment = process.env): Config {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const parsed = environmentSchema.safeParse(set)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  }
  return assemble(parsed.data)
}

function assemble(set: ParsedEnvironment): Config {
  return {
    host: set.HOST,
    port: set.PORT,
    publicUrl: set.PUBLIC_URL ?? null,
    operatorCommand: set.OPERATOR_COMMAND,
    database: set.DATABASE_URL,
    databasePoolMax: set.DATABASE_POOL_MAX,
    keyPepper: set.KEY_PEPPER ?? null,
    guestPepper: set.GUEST_PEPPER ?? null,
    stripe: assembleStripe(set),
    stripeTest: assembleTestStripe(set),
    providers: {
      anthropic: { apiKeys: set.ANTHROPIC_API_KEY, baseUrl: set.ANTHROPIC_BASE_URL },
      openai: { apiKeys: set.OPENAI_API_KEY, baseUrl: set.OPENAI_BASE_URL },
      google: { apiKeys: set.GEMINI_API_KEY, baseUrl: set.GEMINI_BASE_URL },
      xai: { apiKeys: set.XAI_API_KEY, baseUrl: set.XAI_BASE_URL },
    },
    mail:
      set.SMTP_URL === undefined || set.MAIL_FROM === undefined ? null : { smtpUrl: set.SMTP_URL, from: set.MAIL_FROM },
    currencies: set.CURRENCIES,
    operatorFeeBasisPoints: set.OPERATOR_FEE_RATE,
    shareBasisPointsMax: set.REFERRAL_RATE_MAX,
    signUp: {
      mode: set.PARTNER_SIGNUP ?? (isSandbox(set) ? 'open' : 'approval'),
      shareBasisPoints: set.PARTNER_REFERRAL_RATE,
    },
    redisUrl: set.REDIS_URL ?? null,
    logLevel: set.LOG_LEVEL,
    isSandbox: isSandbox(set),
    isProduction: set.NODE_ENV === 'production',
    metricsToken: set.METRICS_TOKEN ?? null,
    modelsFile: set.MODELS_FILE === undefined ? null : resolve(set.MODELS_FILE),
    termsUrl: set.TERMS_URL ?? null,
    allowsPrivateWebhooks: set.WEBHOOK_ALLOW_PRIVATE === '1',
    trustedProxyHops: set.TRUSTED_PROXY_HOPS,
    roleRules: { operatorEmails: set.OPERATOR_EMAILS, requirePasskeyOf: set.REQUIRE_PASSKEY },
    upstreamTimeouts: {
      connectMs: set.UPSTREAM_CONNECT_TIMEOUT_MS,
      firstByteMs: set.UPSTREAM_FIRST_BYTE_TIMEOUT_MS,
      idleMs: set.UPSTREAM_IDLE_TIMEOUT_MS,
    },
    stopNoticeMs: set.STOP_NOTICE_MS,
    drainTimeoutMs: set.DRAIN_TIMEOUT_MS,
    pingIntervalMs: set.STREAM_PING_INTERVAL_MS,
    clientGoneReadMsMax: set.CLIENT_GONE_READ_MAX_MS,
    clientStallMsMax: set.CLIENT_STALL_MAX_MS,
    addressRequestsPerMinute: set.ADDRESS_REQUESTS_PER_MINUTE,
    bodyBytesInFlightMax: set.BODY_BYTES_IN_FLIGHT_MAX,
    requestLimits: {
      keyPerMinute: set.KEY_REQUESTS_PER_MINUTE,
      keyAtOnce: set.KEY_CALLS_AT_ONCE,
    },
    requestRetentionDays: set.REQUEST_RETENTION_DAYS ?? null,
    payoutDelayDays: set.PAYOUT_DELAY_DAYS,
    kept: { isOn: set.KEPT === 'on', responsesHours: set.RESPONSES_KEPT_HOURS },
    batches: {
      requestsMax: set.BATCH_REQUESTS_MAX,
      openPerUserMax: set.BATCHES_OPEN_PER_USER,
      pollMs: set.BATCH_POLL_MS,
    },
    files: {
      address: set.FILES_URL ?? defaultFileStore(set.DATABASE_URL),
      fileBytesMax: set.FILE_BYTES_MAX,
      userBytesMax: set.FILES_BYTES_PER_USER,
    },
    purchaseCredits: { min: set.PURCHASE_CREDITS_MIN, max: set.PURCHASE_CREDITS_MAX },
  }
}

/** Beside the SQLite file; with PostgreSQL there may be several servers, without a folder that all of them see. */
function defaultFileStore({ engine, location }: DatabaseAddress): FileStoreAddress {
  if (engine === 'postgres') return { kind: 'postgres' }
  return { kind: 'folder', path: location === ':memory:' ? resolve('./data/files') : join(dirname(location), 'files') }
}

function assembleStripe(set: ParsedEnvironment): StripeConfig | null {
  if (set.STRIPE_SECRET_KEY === undefined || set.STRIPE_PUBLISHABLE_KEY === undefined) return null
  return {
    secretKey: set.STRIPE_SECRET_KEY,
    publishableKey: set.STRIPE_PUBLISHABLE_KEY,
    webhookSecrets: set.STRIPE_WEBHOOK_SECRET ?? [],
    apiBase: set.STRIPE_API_BASE ?? null,
    jsUrl: set.STRIPE_JS_URL,
  }
}

function assembleTestStripe(set: ParsedEnvironment): StripeConfig | null {
  if (set.STRIPE_TEST_SECRET_KEY === undefined || set.STRIPE_TEST_PUBLISHABLE_KEY === undefined) return null
  return {
    secretKey: set.STRIPE_TEST_SECRET_KEY,
    publishableKey: set.STRIPE_TEST_PUBLISHABLE_KEY,
    webhookSecrets: set.STRIPE_TEST_WEBHOOK_SECRET ?? [],
    apiBase: set.STRIPE_TEST_API_BASE ?? null,
    jsUrl: set.STRIPE_JS_URL,
  }
}

/** The environment as it is: for the doctor, who looks at other programs' variables. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env
}
