import type { PartnerWorld } from '@opencredits/protocol'
import type { Request, Response } from 'express'
import type { Pricing } from '../credits/describe-pricing.ts'
import type { CreateThrottle, Throttle } from '../http/throttle.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { PartnerAuthenticator } from '../partners/authenticate-partner.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import type { Catalogue } from '../pricing/catalogue.ts'
import type { Database } from '../store/open-database.ts'

export interface EarningsDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly catalogue: Pick<Catalogue, 'find'>
  readonly partnerAuthenticator: PartnerAuthenticator
  readonly createThrottle: CreateThrottle
  readonly partners: Pick<PartnerDirectory, 'byId'>
  /** `REFERRAL_RATE_MAX` */
  readonly shareBasisPointsMax: number
  readonly operatorFeeBasisPoints: number
  /** Shares are pending for so long before they are payable. */
  readonly payoutDelayDays: number
}

/** What the routes share beside. */
export interface FiguresDeps extends EarningsDeps {
  readonly pricing: Pick<Pricing, 'describe'>
  /** Files are read from the first row to the last: so many by one app. */
  readonly files: Throttle
  /** What has to look through many rows for a few: so many by one app. */
  readonly searches: Throttle
}

/** The app, in its world, whose figures a key or a member may read. They are nobody else's, so no cache keeps them. */
export async function requireReader(deps: EarningsDeps, request: Request, response: Response): Promise<string> {
  return (await requireReaderOfWorld(deps, request, response)).partnerId
}

/** The same, with what the answer says of its app and world. */
export async function requireReaderOfWorld(
  deps: EarningsDeps,
  request: Request,
  response: Response,
): Promise<{ readonly partnerId: string; readonly world: PartnerWorld }> {
  response.set('cache-control', 'no-store')
  const { partnerId, appId, livemode } = await deps.partnerAuthenticator.require(request, 'usage:read')
  return { partnerId, world: { app: appId, livemode } }
}
