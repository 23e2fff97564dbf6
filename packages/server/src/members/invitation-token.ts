import { dayMs } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'

export const invitationLifetimeMs = 7 * dayMs

/**
 * The secret in the link of an invitation's mail, 256 bits. It is derived, so that a mail that is tried again has the same link
 * and the store never holds it; each mail that is sent anew has another, and the one before ends.
 */
export function invitationToken(pepper: Pepper, invitationId: string, mails: number): string {
  return Buffer.from(pepper.hash('invitation-token', `${invitationId} ${mails}`), 'hex').toString('base64url')
}

/** How the store knows it. */
export function hashInvitationToken(pepper: Pepper, token: string): string {
  return pepper.hash('invitation', token)
}
