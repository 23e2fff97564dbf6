import type { AppSettings, OfferedModel, RestrictedKey } from '@opencredits/protocol'
import { partnerScopes } from '@opencredits/protocol'
import { z } from 'zod'
import { changedPartnerKeySchema, newPartnerKeySchema, rollPartnerKeySchema } from '../app-settings/key-routes.ts'
import { logoSchema } from '../app-settings/logo-routes.ts'
import { settingsSchema } from '../app-settings/settings-schema.ts'
import { type Operation, read, write } from './operation.ts'

const seconds = z.int().describe('seconds since 1970')

const settingsAnswer = z.object({
  id: z.string().describe('par_…'),
  livemode: z.boolean(),
  name: z.string(),
  website: z.string().nullable(),
  origins: z.array(z.string()),
  allow_localhost: z.boolean(),
  models: z.array(z.string()).nullable().describe('null: all'),
  default_model: z.string().nullable(),
  logo_url: z.string().nullable(),
  accent_color: z.string().nullable(),
  support_email: z.string().nullable(),
  statement_suffix: z.string().nullable(),
  suggested_limit: z
    .object({ budget: z.number().describe('credits'), window: z.enum(['day', 'week', 'month', 'total']) })
    .nullable(),
  publishable_key: z.string().describe('of this world'),
  previous_publishable_key: z
    .object({ last_four: z.string(), until: seconds })
    .nullable()
    .describe('before the last roll, while it still works'),
  version: z.string().describe('to be sent with a change: another one by then is refused'),
  updated_at: seconds,
}) satisfies z.ZodType<AppSettings>

const modelAnswer = z.object({
  ...{ id: z.string(), name: z.string(), provider: z.string(), kind: z.enum(['language', 'embedding']) },
  context_window: z.int(),
  input_price: z.number().describe('credits for a million tokens, as users of the app pay'),
  output_price: z.number(),
}) satisfies z.ZodType<OfferedModel>

const keyAnswer = z.object({
  id: z.string(),
  livemode: z.boolean(),
  name: z.string(),
  last_four: z.string(),
  scopes: z.array(z.enum(partnerScopes)),
  status: z.enum(['active', 'expired', 'revoked']),
  created_at: seconds,
  expires_at: seconds.nullable(),
  last_used_at: seconds.nullable().describe('to the minute'),
  previous_secret_until: seconds.nullable().describe('until when the secret before the last roll works, too'),
  revoked_at: seconds.nullable(),
}) satisfies z.ZodType<RestrictedKey>
const secretAnswer = keyAnswer.extend({ secret: z.string().describe('oc_rk_…, shown only now') })

const settings = '/v1/partner/app'
const keys = '/v1/partner/keys'
const either = { auth: 'restricted key' } as const
const member = { auth: 'member' } as const
const asked = {
  '409': 'The settings were changed since the version that was sent (conflict); the message says by whom',
}
const recent = {
  '403': 'The role does not suffice (insufficient_scope), or the sign-in is not recent (recent_sign_in_required)',
}
const ended = { '409': 'The key is revoked or has expired (conflict)' }

/** What an app's maker sets. Both worlds share it, all but the keys. */
export const appCalls: readonly Operation[] = [
  read(settings, 'Partner', 'The app’s settings', { ...either, answer: settingsAnswer }),
  write(settings, 'Partner', 'Change settings, in both worlds; they hold within two seconds', {
    ...{ ...either, method: 'patch', body: settingsSchema, answer: settingsAnswer, failures: asked },
    example: { origins: ['https://app.example'], accent_color: '#3366ff' },
  }),
  write(`${settings}/logo`, 'Partner', 'Upload a logo; it is made anew as WebP, at most 512 × 512', {
    ...{ ...either, method: 'put', body: logoSchema, answer: settingsAnswer },
  }),
  write(`${settings}/logo`, 'Partner', 'Take the logo away', { ...either, method: 'delete', answer: settingsAnswer }),
  read('/v1/partner/models', 'Partner', 'Every model on offer, at the price that the app’s users pay', {
    ...{ ...either, answer: z.object({ data: z.array(modelAnswer) }) },
  }),
  read(keys, 'Partner', 'The app’s restricted keys in this world, the newest first', {
    ...{ ...member, answer: z.object({ data: z.array(keyAnswer) }) },
  }),
  write(keys, 'Partner', 'Make a restricted key, with scopes that one’s own role has', {
    ...{ ...member, body: newPartnerKeySchema, status: 201, answer: secretAnswer, failures: recent },
  }),
  write(`${keys}/{id}`, 'Partner', 'Rename a key, or change what it may do', {
    ...{ ...member, method: 'patch', body: changedPartnerKeySchema, answer: keyAnswer },
    failures: { ...recent, ...ended },
  }),
  write(`${keys}/{id}`, 'Partner', 'End a key at once', { ...member, method: 'delete', answer: keyAnswer }),
  write(`${keys}/{id}/roll`, 'Partner', 'Give a key a new secret; the old one works on for a grace time', {
    ...{ ...member, body: rollPartnerKeySchema, answer: secretAnswer, failures: { ...recent, ...ended } },
  }),
  write('/v1/partner/publishable_key/roll', 'Partner', 'Give the app a new publishable key in this world', {
    ...{ ...member, body: rollPartnerKeySchema, answer: settingsAnswer },
  }),
]
