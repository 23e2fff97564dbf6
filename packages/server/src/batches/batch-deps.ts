import type { GatewayDeps } from '../gateway/gateway-deps.ts'

export interface BatchLimits {
  /** Requests in one batch. */
  readonly requestsMax: number
  /** Batches of one user that are not settled yet. */
  readonly openPerUserMax: number
  /** How often an open batch is looked after at first. */
  readonly pollMs: number
}

export interface BatchDeps extends GatewayDeps {
  readonly batchLimits: BatchLimits
}
