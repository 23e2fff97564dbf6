import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createProviderControl, type ProviderControl, type ProviderState } from './providers/call-record.ts'
import { createProvidersServer } from './providers/providers-server.ts'
import { createCashier } from './stripe/pay-session.ts'
import { createStripeControl, type PlannedFailure, type StripeControl } from './stripe/stripe-control.ts'
import { createStripeServer } from './stripe/stripe-server.ts'
import { createStripeState } from './stripe/stripe-state.ts'
import { createWebhookSender } from './stripe/webhook-sender.ts'

export interface SandboxOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: a free port. */
  readonly stripePort?: number
  readonly providersPort?: number
  /** The host name in addresses that browsers open; default `localhost`. */
  readonly publicHost?: string
  readonly webhookRetryDelaysMs?: readonly number[]
  /** How long a delayed payment takes; default two seconds. */
  readonly delayedAfterMs?: number
}

export interface Sandbox {
  readonly stripe: {
    readonly apiBase: string
    readonly jsUrl: string
    readonly secretKey: string
    readonly publishableKey: string
    readonly webhookSecret: string
    setWebhookUrl(url: string): void
    readonly control: StripeControl
  }
  readonly providers: {
    readonly anthropicBaseUrl: string
    readonly openaiBaseUrl: string
    readonly geminiBaseUrl: string
    readonly xaiBaseUrl: string
    readonly apiKey: string
    readonly control: ProviderControl
  }
  close(): Promise<void>
}

export type { ProviderCall, ProviderControl } from './providers/call-record.ts'
export type { StripeControl } from './stripe/stripe-control.ts'

const secretKey = 'sk_test_sandbox'
const publishableKey = 'pk_test_sandbox'
const webhookSecret = 'whsec_sandbox'
const apiKey = 'sandbox-provider-key'

/** Starts the stand-ins for Stripe and the AI providers: real HTTP servers that remember nothing after they are closed. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', publicHost = 'localhost' } = options
  const state = createStripeState()
  const webhooks = createWebhookSender(
    state,
    webhookSecret,
    options.webhookRetryDelaysMs ?? [100, 400, 1500, 5000, 15_000],
  )
  const cashier = createCashier(state, webhooks, options.delayedAfterMs ?? 2000)
  const planned: PlannedFailure = { count: 0, how: 500 }
  const control = createStripeControl(state, cashier, webhooks, webhookSecret, planned)
  let stripePort = 0
  const stripeServer = createServer(
    createStripeServer({
      state,
      cashier,
      control,
      planned,
      secretKey,
      publishableKey,
      publicUrl: () => `http://${publicHost}:${stripePort}`,
    }),
  )
  stripePort = await listen(stripeServer, options.stripePort ?? 0, host)
  const providerState: ProviderState = { calls: [], failingKeys: new Map(), failure: { count: 0, how: 500 } }
  const providerControl = createProviderControl(providerState)
  const providersServer = createServer(
    createProvidersServer({ state: providerState, control: providerControl, apiKey }),
  )
  const providers = `http://${host}:${await listen(providersServer, options.providersPort ?? 0, host)}`
  return {
    stripe: {
      apiBase: `http://${host}:${stripePort}`,
      jsUrl: `http://${publicHost}:${stripePort}/v1/stripe.js`,
      secretKey,
      publishableKey,
      webhookSecret,
      setWebhookUrl: webhooks.setUrl,
      control,
    },
    providers: {
      anthropicBaseUrl: `${providers}/anthropic`,
      openaiBaseUrl: `${providers}/openai/v1`,
      geminiBaseUrl: `${providers}/gemini/v1beta/openai`,
      xaiBaseUrl: `${providers}/xai/v1`,
      apiKey,
      control: providerControl,
    },
    async close() {
      webhooks.close()
      await Promise.all([stripeServer, providersServer].map(closeServer))
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the sandbox has no port')
  return address.port
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((closed) => server.close(() => closed()))
}
