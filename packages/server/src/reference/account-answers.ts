import type {
  AccountApp,
  AccountBatch,
  AccountFiles,
  AccountKey,
  AccountKeySecret,
  AccountLogEntry,
  AccountNotifications,
  AccountOverview,
  AccountPurchase,
  AccountPurchaseOpened,
  AccountRequest,
  AccountRequestStory,
  AccountUsage,
} from '@opencredits/protocol'
import { z } from 'zod'
import { requestAnswer } from './answers.ts'

const id = z.string()
const credits = z.number().describe('credits; 100 are USD 1')
const seconds = z.number().int().describe('seconds since 1970')
const count = z.number().int()
const window = z.enum(['total', 'day', 'week', 'month']).nullable()
const models = z.array(z.string()).nullable()
const named = z.object({ id, name: z.string() })
const keyNamed = z.object({ id, name: z.string().nullable(), last_four: z.string() })

function pageOf<Entry extends z.ZodType>(entry: Entry) {
  return z.object({
    data: z.array(entry),
    has_more: z.boolean(),
    next: z.string().nullable().describe('the `after` of the next page'),
  })
}

const alert = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('low_balance'), balance: credits }),
  z.object({ kind: z.literal('empty_balance') }),
  z.object({ kind: z.literal('negative_balance'), balance: credits }),
  z.object({ kind: z.literal('key_budget'), key_id: id, name: z.string(), percent: count }),
  z.object({ kind: z.literal('app_without_limit'), app_id: id, name: z.string() }),
])

export const overviewAnswer = z.object({
  email: z.string(),
  balance: credits.describe('what can be spent'),
  held: credits.describe('set aside for calls that are running'),
  balance_money: z.object({ amount: z.number(), currency: z.string() }),
  spent_7d: credits,
  runway_days: z.number().nullable().describe('at the mean of the days with use in the last seven; null without use'),
  alerts: z.array(alert),
  claimable: z.array(
    z.object({
      ...{ purchase_id: id, app_name: z.string(), credits, amount: z.number(), currency: z.string() },
      purchased_at: seconds,
    }),
  ),
  publishable_key: z.string().describe('of the account page'),
}) satisfies z.ZodType<AccountOverview>

export const usageAnswer = z.object({
  from: z.string(),
  to: z.string(),
  time_zone: z.string(),
  group_by: z.enum(['day', 'model', 'app', 'key']),
  data: z.array(
    z.object({
      group: z.string().describe('ISO date, or id; `older` for calls whose key is not known any more'),
      label: z.string(),
      ...{ calls: count, input_tokens: count, output_tokens: count },
      ...{ charge: credits, provider_cost: credits, referral_share: credits, fee: credits },
    }),
  ),
  total: z.object({
    calls: count,
    charge: credits,
    older_calls: count.describe('how many of the calls are kept as sums of a UTC day'),
  }),
}) satisfies z.ZodType<AccountUsage>

const accountRequest = z.object({
  request_id: id,
  calls: count.describe('1, or how many old calls of a UTC day the entry sums up'),
  created_at: seconds,
  model: z.string(),
  app: named,
  key: keyNamed,
  status: z.string().describe('running, settled, released'),
  ending: z.string().nullable(),
  billed_to: z.enum(['credits', 'passthrough']),
  estimated: z.boolean(),
  input_tokens: count.nullable(),
  output_tokens: count.nullable(),
  charge: credits.nullable(),
}) satisfies z.ZodType<AccountRequest>

export const requestsAnswer = pageOf(accountRequest)

export const storyAnswer = requestAnswer.extend({
  app: named,
  key: keyNamed,
}) satisfies z.ZodType<AccountRequestStory>

export const purchaseAnswer = z.object({
  purchase_id: id,
  app: named,
  status: z.enum(['open', 'processing', 'complete', 'expired', 'failed']),
  amount: z.number().describe('major units of the currency'),
  currency: z.string(),
  credits,
  taken_back: credits.describe('by refunds and disputes'),
  created_at: seconds,
  completed_at: seconds.nullable(),
  receipt_url: z.string().nullable(),
}) satisfies z.ZodType<AccountPurchase>

export const purchasesAnswer = pageOf(purchaseAnswer)

export const openedPurchaseAnswer = z.object({
  purchase_id: id,
  checkout_url: z.string().describe('Stripe’s own page'),
  expires_at: seconds,
}) satisfies z.ZodType<AccountPurchaseOpened>

export const filesAnswer = pageOf(
  z.object({
    ...{ id, filename: z.string(), mime_type: z.string(), size_bytes: count, app: named },
    ...{ created_at: seconds, uses: count, last_used_at: seconds.nullable(), expires_at: seconds.nullable() },
  }),
).extend({
  stored_bytes: count.describe('all files of the user together'),
  stored_bytes_max: count.describe('how much they may be'),
}) satisfies z.ZodType<AccountFiles>

export const deletedFileAnswer = z.object({ id, deleted: z.literal(true) })

export const batchAnswer = z.object({
  ...{ id, app: named, status: z.enum(['running', 'canceling', 'settling', 'ended', 'unreachable']) },
  ...{ requests: count, succeeded: count, errored: count, canceled: count, expired: count },
  charge: credits.describe('so far'),
  held: credits.describe('still set aside for the rest of it'),
  ...{ created_at: seconds, ended_at: seconds.nullable() },
}) satisfies z.ZodType<AccountBatch>

export const batchesAnswer = pageOf(batchAnswer)

export const appAnswer = z.object({
  id,
  name: z.string(),
  logo_url: z.string().nullable(),
  website: z.string().nullable(),
  support_email: z.string().nullable().describe('where the maker of the app answers its users'),
  budget: credits.nullable().describe('null: no limit'),
  window,
  spent: credits.describe('in the window that runs now'),
  models,
  expires_at: seconds.nullable(),
  connected_at: seconds,
  last_used_at: seconds.nullable(),
  live_keys: count,
}) satisfies z.ZodType<AccountApp>

export const appsAnswer = z.object({ data: z.array(appAnswer) })
export const endedAppAnswer = z.object({ id, deleted: z.literal(true), keys_revoked: count })

export const accountKeyAnswer = z.object({
  id,
  name: z.string().nullable(),
  source: z.enum(['checkout', 'login', 'named', 'account', 'grant']),
  app: named.nullable().describe('null: a personal key'),
  last_four: z.string(),
  status: z.enum(['active', 'expired', 'revoked']),
  budget: credits.nullable(),
  window,
  spent: credits.nullable().describe('in the window that runs now'),
  rpm: count.nullable(),
  models,
  created_at: seconds,
  expires_at: seconds.nullable(),
  last_used_at: seconds.nullable(),
  last_used_address: z.string().nullable(),
}) satisfies z.ZodType<AccountKey>

export const accountKeysAnswer = z.object({ data: z.array(accountKeyAnswer) })

export const keySecretAnswer = accountKeyAnswer.extend({
  key: z.string().describe('oc_sk_…, shown only now'),
}) satisfies z.ZodType<AccountKeySecret>

export const notificationsAnswer = z.object({
  low_balance: z.object({ enabled: z.boolean(), threshold: credits }),
  key_budget: z.object({ enabled: z.boolean(), percent: count }),
  new_app: z.object({ enabled: z.boolean() }),
  new_sign_in: z.object({ enabled: z.boolean() }),
}) satisfies z.ZodType<AccountNotifications>

export const logAnswer = pageOf(
  z.object({
    id,
    at: seconds,
    action: z.string().describe('such as consent.changed'),
    summary: z.string(),
    actor: z.enum(['you', 'operator', 'system']),
    address: z.string().nullable(),
  }) satisfies z.ZodType<AccountLogEntry>,
)

export const exportAnswer = z.looseObject({ exported_at: seconds, profile: z.looseObject({ id }) })
export const deletedAccountAnswer = z.object({ deleted: z.literal(true) })
