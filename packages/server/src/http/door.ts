import type { IncomingMessage } from 'node:http'
import { addressBlock } from './address-block.ts'
import type { ClientAddress } from './client-address.ts'
import { pathOf } from './log-requests.ts'
import type { CreateThrottle } from './throttle.ts'

/** What every request comes through, whatever it asks for and whoever it says it is. */
export interface Door {
  /** Counts a request for its address. @throws AppError 429 `rate_limited`. */
  enter(request: IncomingMessage): Promise<void>
  /** Counts a request that turned out to be nobody's. @throws AppError 429 `rate_limited`. */
  countForged(request: IncomingMessage): Promise<void>
}

export function createDoor(deps: {
  readonly addressPerMinute: number
  readonly createThrottle: CreateThrottle
  readonly clientAddress: ClientAddress
}): Door {
  const perMinute = (name: string) => deps.createThrottle({ name, times: deps.addressPerMinute, perSeconds: 60 })
  const requests = perMinute('address')
  // A monitor and whoever it watches may share an address: neither is to use up what the other has.
  const healthLooks = perMinute('address-health')
  const blockOf = (request: IncomingMessage) => addressBlock(deps.clientAddress(request))
  return {
    async enter(request) {
      const path = pathOf(request)
      // All payments of all users come from Stripe's few addresses. Only what Stripe has not signed is counted.
      if (path === '/webhooks/stripe') return
      const throttle = path === '/v1/health' || path === '/v1/health/live' ? healthLooks : requests
      await throttle.take(blockOf(request))
    },
    async countForged(request) {
      await requests.take(blockOf(request))
    },
  }
}
