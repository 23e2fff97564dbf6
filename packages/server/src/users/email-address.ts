import { z } from 'zod'
import { AppError } from '../kernel/app-error.ts'

const emailSchema = z.email().max(254)

/**
 * The one spelling under which an e-mail address is kept.
 * @throws AppError `invalid_request` naming `email`.
 */
export function normalizeEmail(value: unknown): string {
  const parsed = emailSchema.safeParse(typeof value === 'string' ? value.trim().toLowerCase() : value)
  if (parsed.success) return parsed.data
  throw new AppError('invalid_request', 'email: expected an address such as name@example.com', { param: 'email' })
}
