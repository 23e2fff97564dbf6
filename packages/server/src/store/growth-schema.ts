/** Tables of a store that has grown: sums in place of old rows, and work that is shared between servers. */
export interface GrowthSchema {
  usage_days: UsageDaysTable
  job_leases: JobLeasesTable
  change_counts: ChangeCountsTable
  servers: ServersTable
}

/** What remains of calls whose own rows are past their time: one row a user, app, model, payer and UTC day. */
export interface UsageDaysTable {
  /** Derived from what it sums up, as it was when it was made: merging a guest changes `user_id` alone. */
  id: string
  user_id: string
  partner_id: string
  /** When the day began, UTC; the day is the one on which a call ended. */
  day_ms: number
  model: string
  billed_to: 'credits' | 'passthrough'
  calls: number
  estimated_calls: number
  /** All buckets of input. */
  input_tokens: number
  output_tokens: number
  provider_cost_microcredits: number
  share_microcredits: number
  fee_microcredits: number
  charge_microcredits: number
  shortfall_microcredits: number
}

/** Work that one server of many does. */
export interface JobLeasesTable {
  name: string
  server_id: string
  until_ms: number
}

/** How often the rows of a table were changed or taken away, counted by its triggers: `keys`. */
export interface ChangeCountsTable {
  name: string
  changes: number
}

/** Server processes and when they were last alive: the holds of a dead one are resolved by another. */
export interface ServersTable {
  id: string
  host_name: string
  process_id: number
  heartbeat_at_ms: number
}
