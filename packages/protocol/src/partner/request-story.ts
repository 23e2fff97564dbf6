import type { PartnerWorld } from './partner-world.ts'

/** `GET /v1/partner/requests/{id}`: one call, with the line that explains each microcredit. */
export interface PartnerRequestStory extends PartnerWorld {
  readonly request_id: string
  /** `pu_…` */
  readonly user: string
  readonly status: string
  readonly ending: string | null
  readonly explanation: string
  readonly endpoint: string
  readonly model: string
  readonly stream: boolean
  readonly billed_to: 'credits' | 'passthrough'
  readonly estimated: boolean
  readonly http_status: number | null
  readonly error: string | null
  readonly created_at: number
  readonly ended_at: number | null
  readonly first_byte_ms: number | null
  /** From its admission to its end. */
  readonly took_ms: number | null
  /** What the provider's cost is made of; empty while it runs, and for a call that used nothing. */
  readonly lines: readonly PartnerCostLine[]
  /** What the lines lack to whole microcredits, which are what is booked. */
  readonly rounding: number
  readonly referral_rate: number
  readonly fee_rate: number
  /** `charge` + `paid_by_operator` = `provider_cost` + `referral_share` + `fee`. */
  readonly provider_cost: number | null
  readonly referral_share: number | null
  readonly fee: number | null
  readonly paid_by_operator: number | null
  readonly charge: number | null
  /** As the ledger has them; users' wallets have no name here. */
  readonly transfers: readonly PartnerTransfer[]
}

export type PartnerCostBucket = 'input' | 'cache_read' | 'cache_write_5m' | 'cache_write_1h' | 'output' | 'web_searches'

export interface PartnerCostLine {
  /** The provider's name of the model, where several worked on it; null: the model of the call. */
  readonly model: string | null
  readonly bucket: PartnerCostBucket
  /** Tokens, or searches. */
  readonly count: number
  /** Credits for so many of them. */
  readonly price: number
  readonly price_per: 1_000_000 | 1000
  readonly credits: number
}

export interface PartnerTransfer {
  readonly code: string
  readonly from: string
  readonly to: string
  readonly credits: number
}
