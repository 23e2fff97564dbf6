import { createHmac } from 'node:crypto'

const secret = 'sandbox thinking'

/** What a thinking block is signed with: it has to come back byte for byte. */
export function signThinking(thinking: string): string {
  return createHmac('sha512', secret).update(thinking).digest('base64')
}

/** @param thinking as it came back; an omitted one is empty and signed as such */
export function isSignedThinking(thinking: string, signature: string): boolean {
  return signThinking(thinking) === signature
}
