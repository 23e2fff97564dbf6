import { createServer } from 'node:http'
import { closeServer, listen } from './http/listen.ts'
import { createProviderControl, createProviderState, type ProviderControl } from './providers/provider-control.ts'
import { createProvidersServer, providerPaths } from './providers/providers-server.ts'
import type { PlannedFailure } from './stripe/fail-as-planned.ts'
import type { Bank } from './stripe/pay-session.ts'
import { createStripeControl, type StripeControl } from './stripe/stripe-control.ts'
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
  /** How long a delayed payment takes; default two seconds; null waits until the control settles it. */
  readonly delayedAfterMs?: number | null
  /** What its keys of Stripe end with, to tell two of them apart; default `sandbox`. */
  readonly accountName?: string
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

export type { BatchPlan } from './providers/batch-plan.ts'
export type { BilledItem, ProviderCall } from './providers/call-record.ts'
export type { ProviderControl, ProviderFailure } from './providers/provider-control.ts'
export type { StripeControl, StripeRecord } from './stripe/stripe-control.ts'

const apiKey = 'sandbox-provider-key'

/** Starts the stand-ins for Stripe and the AI providers: real HTTP servers that remember nothing after they are closed. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', publicHost = 'localhost', accountName = 'sandbox' } = options
  const secretKey = `sk_test_${accountName}`
  const publishableKey = `pk_test_${accountName}`
  const webhookSecret = `whsec_${accountName}`
  const state = createStripeState()
  const webhooks = createWebhookSender(
    state,
    webhookSecret,
    options.webhookRetryDelaysMs ?? [100, 400, 1500, 5000, 15_000],
  )
  const bank: Bank = {
    state,
    emit: webhooks.emit,
    delayed: { afterMs: options.delayedAfterMs === undefined ? 2000 : options.delayedAfterMs, timers: new Map() },
  }
  const planned: PlannedFailure = { count: 0, how: 500, isKept: false }
  const control = createStripeControl({ bank, webhooks, webhookSecret, planned })
  let stripePort = 0
  const stripeServer = createServer(
    createStripeServer({
      bank,
      control,
      planned,
      secretKey,
      publishableKey,
      publicUrl: () => `http://${publicHost}:${stripePort}`,
    }),
  )
  stripePort = await listen(stripeServer, options.stripePort ?? 0, host)
  const providerState = createProviderState()
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
      anthropicBaseUrl: `${providers}${providerPaths.anthropic}`,
      openaiBaseUrl: `${providers}${providerPaths.openai}`,
      geminiBaseUrl: `${providers}${providerPaths.google}`,
      xaiBaseUrl: `${providers}${providerPaths.xai}`,
      apiKey,
      control: providerControl,
    },
    async close() {
      webhooks.close()
      await Promise.all([stripeServer, providersServer].map(closeServer))
    },
  }
}
