import type { ClientAddress } from '../http/client-address.ts'
import type { ReadJson } from '../http/read-json.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { PartnerAuthenticator } from '../partners/authenticate-partner.ts'
import type { Database } from '../store/open-database.ts'
import { type CheckUrl, createUrlCheck } from './check-url.ts'
import { createEventPoster } from './post-event.ts'

export interface WebhookRoutesDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly clientAddress: ClientAddress
  readonly readJson: ReadJson
  readonly partnerAuthenticator: PartnerAuthenticator
  readonly checkWebhookUrl: CheckUrl
  readonly createThrottle: CreateThrottle
}

/** @param allowsPrivate `WEBHOOK_ALLOW_PRIVATE` */
export function createWebhookDeps(allowsPrivate: boolean) {
  return {
    checkWebhookUrl: createUrlCheck({ allowsPrivate }),
    eventPoster: createEventPoster({ allowsPrivate }),
  }
}
