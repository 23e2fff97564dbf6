import { z } from 'zod'

/** Ends of lines, and signs that turn the direction of the text behind them, amounts included. */
const breaksSentences = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

/** What an app's users see: it stands in sentences of ours, beside amounts and in the subjects of mails. */
export const appNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !breaksSentences.test(text), 'expected one line without control characters')
