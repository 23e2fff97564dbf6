import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createDoor } from './door.ts'
import { createThrottle } from './throttle.ts'

const openDoor = (addressPerMinute: number) =>
  createDoor({ addressPerMinute, createThrottle, clientAddress: (request) => String(request.headers.from) })

function requestTo(url: string, from: string): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.url = url
  request.headers = { from }
  return request
}

async function statusesOf(requests: readonly Promise<void>[]): Promise<readonly number[]> {
  const outcomes = await Promise.allSettled(requests)
  return outcomes.map((one) => (one.status === 'fulfilled' ? 200 : one.reason.status))
}

describe('createDoor', () => {
  it('counts all routes of an address together, whatever its half of an IPv6 address is', async () => {
    const door = openDoor(4)
    const asked = [
      ['/v1/chat/completions', '2001:db8:1:2::1'],
      ['/v1/checkout/sessions/cs_1', '2001:db8:1:2:ffff::'],
      ['/checkout', '2001:db8:1:2::3'],
      ['/no-such-page', '2001:db8:1:2::4'],
      ['/assets/sdk.js', '2001:db8:1:2::5'],
      ['/assets/sdk.js', '2001:db8:1:3::5'],
      ['/assets/sdk.js', '::ffff:192.0.2.1'],
    ] as const
    expect(await statusesOf(asked.map(([url, from]) => door.enter(requestTo(url, from))))).toEqual([
      200, 200, 200, 200, 429, 200, 200,
    ])
  })

  it('leaves looks at the health to themselves, and does not count payments', async () => {
    const door = openDoor(2)
    const enter = (url: string) => door.enter(requestTo(url, '192.0.2.1'))
    await statusesOf([enter('/a'), enter('/a'), enter('/a')])
    expect(await statusesOf([enter('/v1/health/live'), enter('/v1/health?live'), enter('/v1/health')])).toEqual([
      200, 200, 429,
    ])
    expect(await statusesOf(Array.from({ length: 10 }, () => enter('/webhooks/stripe')))).not.toContain(429)
    expect(await statusesOf([enter('/webhooks/stripe/')])).toEqual([429])
  })

  it('counts what was forged', async () => {
    const door = openDoor(2)
    const request = requestTo('/webhooks/stripe', '192.0.2.1')
    expect(await statusesOf([1, 2, 3].map(() => door.countForged(request)))).toEqual([200, 200, 429])
    expect(await statusesOf([door.enter(requestTo('/a', '192.0.2.1'))])).toEqual([429])
  })
})
