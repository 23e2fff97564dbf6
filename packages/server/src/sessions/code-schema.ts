import { z } from 'zod'
import { codeDigits } from './login-code.ts'

/** The code as people paste it from the mail: spaces and dashes between its digits do not matter. */
export const codeSchema = z
  .string()
  .max(100)
  .transform((code, context) => {
    const digits = code.replace(/[\s-]/g, '')
    if (new RegExp(`^\\d{${codeDigits}}$`).test(digits)) return digits
    context.addIssue({ code: 'custom', message: `expected the ${codeDigits} digits from the e-mail` })
    return z.NEVER
  })
