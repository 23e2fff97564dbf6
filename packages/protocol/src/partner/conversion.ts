import type { PartnerWorld } from './partner-world.ts'

/**
 * From opening to calling, in a period. `opened` counts browsers: one that opens the checkout several times on one UTC day
 * counts once, on another day again. The others count users, each once, however often they come in the period.
 */
export interface PartnerFunnel {
  readonly opened: number
  /** Users who chose an amount: the payment form came up for them. */
  readonly began: number
  /** Of these, who paid. */
  readonly paid: number
  /** Of these, who have made a call by now. */
  readonly called: number
}

/** `GET /v1/partner/conversion?from&to&time_zone`. */
export interface PartnerConversion extends PartnerFunnel, PartnerWorld {
  readonly from: string
  readonly to: string
  readonly time_zone: string
  /** The first opening that was counted, in seconds since 1970; null: none yet. Before it, `opened` says nothing. */
  readonly opened_since: number | null
}
