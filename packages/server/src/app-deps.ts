import type { Config } from './config.ts'
import { type Observations, observedOrigin } from './partners/observations.ts'
import { createOriginGuard } from './partners/origin-guard.ts'
import type { PartnerDirectory } from './partners/partner.ts'

export interface AppDepsInput {
  readonly publicUrl: string
  readonly partners: PartnerDirectory
  readonly observations: Observations
}

/** How the routes find the app that a page is of. */
export function createAppDeps(config: Config, { publicUrl, partners, observations }: AppDepsInput) {
  const originGuard = createOriginGuard({
    ...config,
    publicUrl,
    // The developer of a page that is refused reads of it.
    onRefused: (partnerId, origin) => observations.note(partnerId, 'origin_refused', observedOrigin(origin)),
  })
  return {
    partners,
    observations,
    originGuard,
    findAppById: (partnerId: string) => partners.byId(partnerId),
    findApp: (publishableKey: string) => partners.byPublishableKey(publishableKey),
    checkOrigin: async (origin: string | undefined, partnerId: string) => {
      // A server that calls for its own users sends no origin.
      if (origin !== undefined) originGuard.check(origin, await partners.byId(partnerId))
    },
  }
}
