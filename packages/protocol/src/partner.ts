import type { PartnerFunnel } from './partner/conversion.ts'
import type { PartnerWorld } from './partner/partner-world.ts'

/** What a partner's server reads with a restricted key, `oc_rk_…`: `/v1/partner/…`. Amounts are credits, times seconds since 1970. */

interface PartnerSums {
  readonly calls: number
  readonly input_tokens: number
  readonly output_tokens: number
  /** What users paid. */
  readonly charge: number
  readonly provider_cost: number
  /** What the app earned. */
  readonly referral_share: number
  /** What the operator kept. */
  readonly fee: number
}

/** `GET /v1/partner/earnings?from&to&group_by=day|model|user&time_zone`. A call counts on the day on which it ended. */
export interface PartnerEarnings extends PartnerWorld {
  readonly from: string
  readonly to: string
  readonly time_zone: string
  readonly group_by: 'day' | 'model' | 'user'
  /** At most 1 000 groups, those that earned most first; days in their order. The CSV has them all. */
  readonly data: readonly (PartnerSums & {
    /** ISO date, model id or `pu_…`. */
    readonly group: string
    readonly label: string
  })[]
  readonly has_more: boolean
  /** Of all groups. `older_calls`: how many of the calls are kept as sums of a UTC day. */
  readonly total: PartnerSums & { readonly older_calls: number }
  /** By now, whatever the period. */
  readonly earned: {
    readonly today: number
    readonly month: number
    /** Of the last `payout_delay_days` days. */
    readonly pending: number
    /** `owed` less `pending`. */
    readonly payable: number
    /** The balance of the app's account in the ledger. */
    readonly owed: number
    readonly payout_delay_days: number
  }
  readonly conversion: PartnerFunnel
}

/**
 * `GET /v1/partner/requests?after&limit&model&user&status&from&to&time_zone`: newest first, by when a call ended. The calls
 * of one user and model on one old day (UTC) may be one entry: then `calls` is their number.
 */
export interface PartnerRequest {
  readonly request_id: string
  readonly calls: number
  readonly created_at: number
  readonly ended_at: number | null
  readonly model: string
  /** `pu_…`: the same for every call of a user in this app, another one in every other app. */
  readonly user: string
  /** `running`, `settled`, `released`. */
  readonly status: string
  readonly ending: string | null
  readonly billed_to: 'credits' | 'passthrough'
  readonly estimated: boolean
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly charge: number | null
  readonly provider_cost: number | null
  readonly referral_share: number | null
  readonly fee: number | null
}

/** `GET /v1/partner/users?after&limit`: newest first. */
export interface PartnerUser {
  readonly id: string
  readonly first_seen_at: number
  readonly last_seen_at: number
  readonly calls: number
  readonly charge: number
  readonly referral_share: number
  /** Credits bought in the app, less what was refunded or disputed. */
  readonly bought: number
}
