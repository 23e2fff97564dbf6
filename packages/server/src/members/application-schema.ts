import { z } from 'zod'
import { normalizeOrigin } from '../partners/allowed-origin.ts'
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
  .trim()
  .max(300)
  .transform((text, context) => {
    const normal = normalizeOrigin(text)
    if (normal !== null && new URL(text).pathname === '/') return normal
    const message = 'expected an origin such as https://app.example, without a path; http is for localhost only'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

export const originsMax = 20

/** `POST /v1/partner/applications` */
export const applicationSchema = z.strictObject({
  name: appNameSchema.describe('what the app’s users see'),
  website: httpsUrl.describe('where the app, or its maker, is to be seen'),
  origins: z
    .array(origin)
    .max(originsMax)
    .transform((all) => [...new Set(all)])
    .describe('where the app’s pages live, at most 20; more can be added later'),
  description: z.string().trim().min(1).max(1000).describe('what the app does with AI, in some sentences'),
})

export type NewApplication = z.output<typeof applicationSchema>
