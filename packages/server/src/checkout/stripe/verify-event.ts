import Stripe from 'stripe'
import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import type { WorldEvent } from './handle-event.ts'

const toleranceSeconds = 300

/** By which secrets Stripe signs the events of each world. */
export interface WebhookSecrets {
  readonly live: readonly string[]
  readonly test: readonly string[]
}

/**
 * The event in a webhook's body, if one of our secrets signed it within the last five minutes; it is of the world whose
 * secret fits. Several secrets of a world serve while one is rotated.
 * @throws AppError `invalid_request`: nothing that is not Stripe's gets in.
 */
export function verifyEvent(
  stripe: Stripe,
  { body, signature }: { readonly body: Buffer; readonly signature: string | undefined },
  secrets: WebhookSecrets,
  nowMs: number,
): WorldEvent {
  if (signature === undefined) throw refused('The Stripe-Signature header is missing.')
  const signedAtSeconds = Number(/(?:^|,)\s*t=(\d{1,12})/.exec(signature)?.[1])
  // Stripe's own check takes a time that is yet to come.
  if (!(Math.abs(nowMs / 1000 - signedAtSeconds) <= toleranceSeconds))
    throw refused('The signature is too old or has no time.')
  const known = [
    ...secrets.live.map((secret) => ({ secret, isOfLiveWorld: true })),
    ...secrets.test.map((secret) => ({ secret, isOfLiveWorld: false })),
  ]
  for (const { secret, isOfLiveWorld } of known) {
    if (secret.trim() === '') continue
    try {
      const event = stripe.webhooks.constructEvent(body, signature, secret, toleranceSeconds, undefined, nowMs)
      return { event: checkShape(event), isOfLiveWorld }
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw refused('The body is not an event.')
    }
  }
  throw refused('No signing secret fits the signature.')
}

/** What is signed may still be no snapshot event, if the operator has set up another kind of endpoint. */
function checkShape(event: Stripe.Event): Stripe.Event {
  if (shape.safeParse(event).success) return event
  throw refused('The body is not a snapshot event.')
}

const shape = z.object({
  id: z.string().min(1),
  type: z.string(),
  created: z.number(),
  livemode: z.boolean(),
  data: z.object({ object: z.looseObject({}) }),
})

function refused(message: string): AppError {
  return new AppError('invalid_request', message, { param: 'stripe-signature' })
}
