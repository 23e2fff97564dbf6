import type { Request } from 'express'
import type { ClientAddress } from '../http/client-address.ts'
import type { ReadBody } from '../http/read-body.ts'
import type { ReadJson } from '../http/read-json.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { PartnerAuthenticator } from '../partners/authenticate-partner.ts'
import { actorOf, type PartnerCaller } from '../partners/partner-caller.ts'
import type { Catalogue, Model } from '../pricing/catalogue.ts'
import type { Database } from '../store/open-database.ts'

export interface AppSettingsDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly publicUrl: string
  readonly catalogue: Catalogue
  readonly isOnOffer: (model: Model) => boolean
  readonly operatorFeeBasisPoints: number
  readonly clientAddress: ClientAddress
  readonly createThrottle: CreateThrottle
  readonly readBody: ReadBody
  readonly readJson: ReadJson
  readonly partnerAuthenticator: PartnerAuthenticator
}

/** How the audit log names a caller. */
export function madeBy(deps: AppSettingsDeps, request: Request, caller: PartnerCaller) {
  return { actor: actorOf(caller), address: deps.clientAddress(request), requestId: requestIdOf(request) } as const
}

/** The models that can be called here. */
export function modelsOnOffer({ catalogue, isOnOffer }: AppSettingsDeps): readonly Model[] {
  return catalogue.models.filter(isOnOffer)
}
