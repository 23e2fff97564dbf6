import { Webhook } from 'standardwebhooks'

type Headers = Record<string, string>

export function verify(headers: Headers, body: string, secret: string) {
  return new Webhook(secret).verify(body, headers)
}
