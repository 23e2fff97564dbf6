import type { PartnerWorld } from './partner-world.ts'

/** `GET /v1/partner/what_if?requests=1000&rate&model`: what so many requests would earn. */
export interface PartnerWhatIf extends PartnerWorld {
  readonly requests: number
  /** The rate that was asked for; by default the app's own. 0.1 is 10 % of the provider's cost. */
  readonly referral_rate: number
  readonly own_referral_rate: number
  readonly referral_rate_max: number
  /** `own_calls`: the mean of the app's calls of the last 30 days. `list_prices`: a typical call, where there are none. */
  readonly basis: 'own_calls' | 'list_prices'
  /** How many calls the mean is of; 0 for list prices. */
  readonly calls: number
  /** The models in the proportion in which they are used, the dearest part first. */
  readonly data: readonly PartnerWhatIfModel[]
  readonly provider_cost: number
  readonly earns: number
  readonly fee: number
  /** What users would pay: the sum of the three. */
  readonly charge: number
}

export interface PartnerWhatIfModel {
  readonly model: string
  readonly label: string
  /** Of the calls, how many went to it; 0 for list prices. */
  readonly calls: number
  /** Its part of the requests: 0.25 is a quarter. */
  readonly part: number
  /** Means of one request. */
  readonly input_tokens: number
  readonly output_tokens: number
  readonly provider_cost_per_request: number
  /** Of its part of the requests. */
  readonly provider_cost: number
  readonly earns: number
}
