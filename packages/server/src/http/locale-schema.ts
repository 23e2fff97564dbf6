import { z } from 'zod'

/** A language tag as it comes with a request. What is spoken here and at Stripe is chosen by it later. */
export const localeSchema = z
  .string()
  .regex(/^[a-zA-Z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'expected a language tag such as en or pt-BR')
  .max(35)
