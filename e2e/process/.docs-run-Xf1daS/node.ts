import { createHmac, timingSafeEqual } from 'node:crypto'

type Headers = Record<string, string>

export function verify(headers: Headers, body: string, secret: string) {
  const { 'webhook-id': id, 'webhook-timestamp': time } = headers
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const mac = createHmac('sha256', key).update(`${id}.${time}.${body}`)
  const right = Buffer.from(`v1,${mac.digest('base64')}`)
  const isRight = (one: string) =>
    one.length === right.length && timingSafeEqual(Buffer.from(one), right)
  const signatures = headers['webhook-signature']?.split(' ') ?? []
  if (!signatures.some(isRight)) throw new Error('not signed by us')
  if (Math.abs(Date.now() / 1000 - Number(time)) > 300) throw new Error('too old')
  return JSON.parse(body)
}
