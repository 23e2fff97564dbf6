import { explainOrigin, originsMax, readPageOrigin, statementSuffixProblem } from '@opencredits/protocol'
import { z } from 'zod'
import { parseCredits } from '../kernel/microcredits.ts'
import { appNameSchema } from '../partners/app-name.ts'

const suffixWords = {
  too_long: 'expected at most 10 characters: they stand behind the operator’s name, and there is room for no more',
  characters: 'expected Latin letters, digits, spaces and . , & + / # ( ) ! : _ @ -, which is what banks print',
  no_letter: 'expected at least one letter',
} as const

const httpsUrl = z
  .url({ protocol: /^https$/, hostname: z.regexes.domain, error: 'expected an address that begins with https://' })
  .max(500)
  .refine((text) => {
    const url = URL.parse(text)
    return url === null || (url.username === '' && url.password === '')
  }, 'expected no user name and no password in the address')

/** Names every origin that is wrong, so that nobody mends them one by one. */
const origins = z
  .array(z.string().max(500))
  .max(originsMax, { error: `expected at most ${originsMax} origins` })
  .transform((texts, context) => {
    const read = texts.map((text) => ({ text, read: readPageOrigin(text) }))
    const wrong = read.flatMap(({ text, read: one }) => ('problem' in one ? [explainOrigin(text, one)] : []))
    if (wrong.length > 0) {
      context.issues.push({ code: 'custom', input: texts, message: wrong.join(' ') })
      return z.NEVER
    }
    return [...new Set(read.flatMap(({ read: one }) => ('origin' in one ? [one.origin] : [])))]
  })

const budgetCredits = z
  .number()
  .positive()
  .max(1_000_000)
  .refine((credits) => parseCredits(credits) !== null, { error: 'expected at most six decimals' })

const statementSuffix = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const problem = statementSuffixProblem(text)
    if (problem !== null) context.addIssue({ code: 'custom', message: suffixWords[problem] })
  })

/** `PATCH /v1/partner/app`: what is left out stays as it is. */
export const settingsSchema = z
  .strictObject({
    name: appNameSchema.describe('what its users see'),
    website: httpsUrl.nullable(),
    origins: origins.describe('where its pages are: scheme, host and port, at most 20; https but for localhost'),
    allow_localhost: z
      .boolean()
      .describe('pages on http://localhost at any port too; in the test world they always may'),
    models: z
      .array(z.string().max(200))
      .min(1, { error: 'expected at least one model, or null for all' })
      .max(1000)
      .nullable()
      .describe('ids of GET /v1/models; null: all'),
    default_model: z.string().max(200).nullable().describe('that estimates are made for; null: the one used most'),
    logo_url: httpsUrl.nullable().describe('or upload one: PUT /v1/partner/app/logo'),
    accent_color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, { error: 'expected a colour such as #3366ff' })
      .toLowerCase()
      .nullable()
      .describe('of the checkout’s buttons; words on it are black or white, whichever can be read'),
    support_email: z.email({ error: 'expected an e-mail address' }).max(200).nullable(),
    statement_suffix: statementSuffix
      .nullable()
      .describe('behind the operator’s name on card statements; at most 10 characters, with a letter'),
    suggested_limit: z
      .strictObject({ budget: budgetCredits, window: z.enum(['day', 'week', 'month', 'total']) })
      .nullable()
      .describe('what users are asked to allow; null: 500 credits a month'),
    version: z.string().max(40).describe('of the settings that were changed; another one by now is refused with 409'),
  })
  .partial()

export type SettingsChange = z.output<typeof settingsSchema>
