import type { ServerResponse } from 'node:http'
import { type Allowance, allowanceHeaders, type CreateThrottle, type Throttle } from '../http/throttle.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { createTurns } from './wait-for-turn.ts'

export interface LimitRules {
  /** Requests a minute with one key that has no limit of its own. */
  readonly keyPerMinute: number
  /** Calls of one key that run at the same time, in this process. */
  readonly keyAtOnce: number
}

/** What may be asked how often. Every refusal comes before a body is read or a credit is held. */
export interface RequestLimits {
  /** Counts a call of a key, and tells the client what is left. @throws AppError 429 `rate_limited`. */
  takeKey(key: AuthenticatedKey, response: ServerResponse): Promise<CallPlace>
  /** Waits until few enough free requests of the user run, with whichever of the keys. @throws AppError 429 `rate_limited`. */
  waitForTurn(key: AuthenticatedKey, response: ServerResponse): Promise<void>
}

/** A call's place among those of its key that run at once. It is given up when the client leaves. */
export interface CallPlace {
  /** A call goes on when its client has left, and keeps its place until it is over. @returns what ends that. */
  keep(): () => void
}

/**
 * Whoever knows an app's publishable key of the test world gets keys there, and credits that cost nothing: all of them
 * together may ask as often as one live key.
 */
const shareOf = (key: AuthenticatedKey): string => (key.livemode ? key.keyId : key.partnerId)

/** Clients ask for the tokens of each tool and file by itself, all at once. */
const freeAtOnce = 4

export function createRequestLimits(rules: LimitRules, createThrottle: CreateThrottle): RequestLimits {
  const throttles = new Map<number, Throttle>()
  const running = new Map<string, number>()
  const waitForTurn = createTurns(freeAtOnce)

  const throttleFor = (times: number): Throttle => {
    const throttle = throttles.get(times) ?? createThrottle({ name: `key-${times}`, times, perSeconds: 60 })
    throttles.set(times, throttle)
    return throttle
  }
  const testWorlds = createThrottle({ name: 'test-world', times: rules.keyPerMinute, perSeconds: 60 })
  const enter = (key: AuthenticatedKey, response: ServerResponse): CallPlace => {
    const keyId = shareOf(key)
    // Its client has left meanwhile, and will not do so again.
    if (response.destroyed) throw new AppError('invalid_request', 'The connection was closed.')
    const calls = running.get(keyId) ?? 0
    if (calls >= rules.keyAtOnce) {
      const where = key.livemode ? 'with one key' : 'in the test world of one app'
      throw new AppError('rate_limited', `Too many calls at once: ${rules.keyAtOnce} may run ${where}.`, {
        retryAfterSeconds: 1,
      })
    }
    running.set(keyId, calls + 1)
    let isKept = false
    let isLeft = false
    response.once('close', () => {
      isLeft = true
      if (!isKept) leave(keyId)
    })
    return {
      keep() {
        if (isLeft) return () => {}
        isKept = true
        return () => {
          isKept = false
          if (isLeft) leave(keyId)
        }
      },
    }
  }
  const leave = (keyId: string): void => {
    const left = (running.get(keyId) ?? 1) - 1
    if (left === 0) running.delete(keyId)
    else running.set(keyId, left)
  }

  return {
    async takeKey(key, response) {
      // A user may limit a key further, but not lift what the operator allows.
      const perMinute = Math.min(key.requestsPerMinute ?? rules.keyPerMinute, rules.keyPerMinute)
      const allowance: Allowance = await throttleFor(perMinute).take(key.keyId)
      if (!key.livemode) await testWorlds.take(key.partnerId)
      for (const [name, value] of Object.entries(allowanceHeaders(allowance))) response.setHeader(name, value)
      return enter(key, response)
    },
    waitForTurn: (key, response) => waitForTurn(key.userId, response),
  }
}
