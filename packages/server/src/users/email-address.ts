import { domainToASCII, domainToUnicode } from 'node:url'
import { z } from 'zod'
import { AppError } from '../kernel/app-error.ts'

const emailSchema = z.email().max(254)

/**
 * The one spelling under which an e-mail address is kept.
 * @throws AppError `invalid_request` naming `email`.
 */
export function normalizeEmail(value: unknown): string {
  const email = readEmail(value)
  if (email !== null) return email
  throw new AppError('invalid_request', 'email: expected an address such as name@example.com', { param: 'email' })
}

/** The same for what others have checked: null for no address, and for one that could not sign in here. */
export function readEmail(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const [local, domain] = splitAtDomain(value.trim().toLowerCase())
  // `münchen.example` and `xn--mnchen-3ya.example` are one mailbox.
  const parsed = emailSchema.safeParse(`${local}@${domainToASCII(domain)}`)
  return parsed.success ? parsed.data : null
}

/** Enough to recognise one's own address, such as `a•••@example.com`: the first letter and the domain, as people write it. */
export function maskEmail(email: string): string {
  const [local, domain] = splitAtDomain(email)
  const [first = { segment: '' }] = new Intl.Segmenter().segment(local)
  return `${first.segment}•••@${domainToUnicode(domain)}`
}

function splitAtDomain(email: string): readonly [local: string, domain: string] {
  const at = email.lastIndexOf('@')
  return at < 0 ? [email, ''] : [email.slice(0, at), email.slice(at + 1)]
}
