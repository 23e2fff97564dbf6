import { explainOrigin, originsMax, readPageOrigin } from '@opencredits/protocol'
import { z } from 'zod'
import { appNameSchema } from '../partners/app-name.ts'

const httpsUrl = z
  .string()
  .trim()
  .max(300)
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null
    if (url?.protocol === 'https:' && url.username === '' && url.password === '') return url.href
    context.addIssue({ code: 'custom', message: 'expected an address such as https://app.example' })
    return z.NEVER
  })

const origin = z
  .string()
  .max(500)
  .transform((text, context) => {
    const read = readPageOrigin(text)
    if ('origin' in read) return read.origin
    context.addIssue({ code: 'custom', message: explainOrigin(text, read) })
    return z.NEVER
  })

/** `POST /v1/partner/applications` */
export const applicationSchema = z.strictObject({
  name: appNameSchema.describe('what the app’s users see'),
  website: httpsUrl.describe('the site of the app or of its maker'),
  origins: z
    .array(origin)
    .max(originsMax, { error: `expected at most ${originsMax} origins` })
    .transform((all) => [...new Set(all)])
    .describe('where the app’s pages live, at most 20; more can be added later'),
  description: z.string().trim().min(1).max(1000).describe('what the app does with AI, in some sentences'),
})

export type NewApplication = z.output<typeof applicationSchema>
