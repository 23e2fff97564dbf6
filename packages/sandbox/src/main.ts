import { startSandbox } from './index.ts'

/** The stand-ins by themselves: prints where they are, as one line of JSON. */
const { stripe, providers } = await startSandbox({
  stripePort: Number(process.env.STRIPE_PORT ?? 0),
  providersPort: Number(process.env.PROVIDERS_PORT ?? 0),
})
if (process.env.WEBHOOK_URL !== undefined) stripe.setWebhookUrl(process.env.WEBHOOK_URL)
console.log(JSON.stringify({ stripe, providers }))
