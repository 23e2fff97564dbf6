import { Command } from '@commander-js/extra-typings'
import { type Config, loadConfig } from '../config.ts'
import { createLogger } from '../logger.ts'

export function serveCommand() {
  return new Command('serve')
    .description('run the server; everything is configured by the environment (see docs/operations/configuration.md)')
    .action(async () => {
      // The whole server is loaded for this command only, so that the others start at once.
      const { serve } = await import('../serve.ts')
      const config = loadConfig()
      const logger = createLogger(config.logLevel)
      const sandbox = config.isSandbox ? await startStandIns() : null
      const server = await serve(sandbox === null ? config : sandbox.apply(config), logger)
      sandbox?.setWebhookUrl(`${server.localUrl}/webhooks/stripe`)
      if (config.isSandbox) process.stdout.write(`\n  SANDBOX MODE: no real money, no real AI. ${server.publicUrl}\n\n`)
      const stop = async () => {
        await server.stop()
        await sandbox?.close()
        process.disconnect?.()
      }
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
      process.send?.({ url: server.publicUrl, isSandbox: config.isSandbox })
    })
}

interface StandIns {
  apply(config: Config): Config
  setWebhookUrl(url: string): void
  close(): Promise<void>
}

/** Loaded only here and only in sandbox mode: an installation for production, such as the image, does not have it. */
async function loadSandbox() {
  try {
    return await import('@opencredits/sandbox')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    throw new Error(
      'Sandbox mode needs @opencredits/sandbox, which is not part of this installation. Set STRIPE_SECRET_KEY and at least one provider key, or run a checkout of the source with all its dependencies.',
      { cause: error },
    )
  }
}

async function startStandIns(): Promise<StandIns> {
  const { startSandbox } = await loadSandbox()
  const { stripe, providers, close } = await startSandbox()
  // Somebody is looking: words come one after the other, as from a model, and not all at once.
  await providers.control.slowDown({ firstByteDelayMs: 300, delayMs: 12 })
  const keyed = (baseUrl: string) => ({ apiKeys: [providers.apiKey], baseUrl })
  return {
    apply: (config) => ({
      ...config,
      stripe: {
        secretKey: stripe.secretKey,
        publishableKey: stripe.publishableKey,
        webhookSecrets: [stripe.webhookSecret],
        apiBase: stripe.apiBase,
        jsUrl: stripe.jsUrl,
      },
      providers: {
        anthropic: keyed(providers.anthropicBaseUrl),
        openai: keyed(providers.openaiBaseUrl),
        google: keyed(providers.geminiBaseUrl),
        xai: keyed(providers.xaiBaseUrl),
      },
    }),
    setWebhookUrl: stripe.setWebhookUrl,
    close,
  }
}
