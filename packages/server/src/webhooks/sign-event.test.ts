import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { signEvent } from './sign-event.ts'
import { newWebhookSecret } from './webhook-secret.ts'

const body = '{"type":"ping","data":{"name":"Zoë"}}'
const nowMs = Date.now()
const sign = (...secrets: readonly string[]) => ({ ...signEvent({ id: 'evt_1', body, secrets }, nowMs) })

describe('signEvent', () => {
  it('is verified by the package of Standard Webhooks', () => {
    const secret = newWebhookSecret()
    expect(new Webhook(secret).verify(body, sign(secret))).toEqual({ type: 'ping', data: { name: 'Zoë' } })
    expect(() => new Webhook(secret).verify(body.replace('ping', 'pong'), sign(secret))).toThrow()
    expect(() => new Webhook(newWebhookSecret()).verify(body, sign(secret))).toThrow()
  })

  it('signs with both secrets while one is rolled', () => {
    const [before, after] = [newWebhookSecret(), newWebhookSecret()]
    const headers = sign(after, before)
    for (const secret of [before, after]) new Webhook(secret).verify(body, headers)
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
  })

  it('gives what the specification gives', () => {
    const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', secrets }
    expect(signEvent(message, 1_614_265_330_000)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })
})
