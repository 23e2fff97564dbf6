import type { PaymentWorlds } from '../checkout/payment-worlds.ts'
import type { Clock } from '../kernel/clock.ts'
import type { PartnerAuthenticator } from '../partners/authenticate-partner.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import type { Catalogue, Model } from '../pricing/catalogue.ts'
import type { Database } from '../store/open-database.ts'

export interface SetupDeps {
  readonly db: Database
  readonly clock: Clock
  readonly partnerAuthenticator: PartnerAuthenticator
  readonly partners: Pick<PartnerDirectory, 'byId'>
  readonly catalogue: Pick<Catalogue, 'models' | 'find'>
  readonly isOnOffer: (model: Model) => boolean
  readonly publicUrl: string
  readonly isSandbox: boolean
  readonly payments: { readonly test: Pick<PaymentWorlds['test'], 'form'> }
}
