import type {
  PartnerConversion,
  PartnerEarnings,
  PartnerRequest,
  PartnerRequestStory,
  PartnerUser,
  PartnerWhatIf,
} from '@opencredits/protocol'
import { z } from 'zod'

const credits = z.number().describe('credits; 100 are USD 1')
const seconds = z.number().int().describe('seconds since 1970')
const count = z.number().int()
const user = z.string().describe('`pu_…`: a user in this app’s eyes, and in no other’s')

/** Of which app and world an answer is. */
const world = {
  app: z.string().describe('par_…: the same in both worlds'),
  livemode: z.boolean().describe('false in the test world'),
}

const sums = {
  ...{ calls: count, input_tokens: count, output_tokens: count },
  charge: credits.describe('what users paid'),
  provider_cost: credits,
  referral_share: credits.describe('what the app earned'),
  fee: credits.describe('what the operator kept'),
}

const funnel = {
  opened: count.describe('browsers that opened the checkout; one counts once a UTC day'),
  began: count.describe('users who chose an amount'),
  paid: count.describe('of these, who paid'),
  called: count.describe('of these, who have made a call by now'),
}

export const conversionAnswer = z.object({
  ...world,
  ...{ from: z.string(), to: z.string(), time_zone: z.string(), ...funnel },
  opened_since: seconds.nullable().describe('the first opening that was counted; null: none yet'),
}) satisfies z.ZodType<PartnerConversion>

const rate = z.number().describe('0.1 is 10 % of the provider’s cost')

export const whatIfAnswer = z.object({
  ...world,
  ...{ requests: count, referral_rate: rate, own_referral_rate: rate, referral_rate_max: rate },
  basis: z
    .enum(['own_calls', 'list_prices'])
    .describe('the mean of the app’s calls of the last 30 days; or a typical call, where there are none'),
  calls: count.describe('that the mean is of'),
  data: z
    .array(
      z.object({
        ...{ model: z.string(), label: z.string(), calls: count },
        part: z.number().describe('its part of the requests: 0.25 is a quarter'),
        input_tokens: count.describe('mean of one request'),
        output_tokens: count,
        provider_cost_per_request: credits,
        provider_cost: credits.describe('of its part of the requests'),
        earns: credits,
      }),
    )
    .describe('the models in the proportion in which they are used'),
  ...{ provider_cost: credits, earns: credits, fee: credits },
  charge: credits.describe('what users would pay: the sum of the three'),
}) satisfies z.ZodType<PartnerWhatIf>

export const earningsAnswer = z.object({
  ...world,
  ...{ from: z.string(), to: z.string(), time_zone: z.string(), group_by: z.enum(['day', 'model', 'user']) },
  data: z
    .array(z.object({ group: z.string().describe('ISO date, model id or `pu_…`'), label: z.string(), ...sums }))
    .describe('at most 1 000 groups; the CSV has them all'),
  has_more: z.boolean(),
  total: z.object({ ...sums, older_calls: count.describe('kept as sums of a UTC day') }).describe('of all groups'),
  earned: z
    .object({
      ...{ today: credits, month: credits },
      pending: credits.describe('shares of the last `payout_delay_days` days'),
      payable: credits.describe('`owed` less `pending`'),
      owed: credits.describe('the balance of the app’s account in the ledger'),
      payout_delay_days: count,
    })
    .describe('by now, whatever the period'),
  conversion: z.object(funnel),
}) satisfies z.ZodType<PartnerEarnings>

const partnerRequest = z.object({
  request_id: z.string(),
  calls: count.describe('1, or how many old calls of one user, model and day the entry sums up'),
  created_at: seconds,
  ended_at: seconds.nullable(),
  ...{ model: z.string(), user },
  status: z.string().describe('running, settled, released'),
  ending: z.string().nullable(),
  billed_to: z.enum(['credits', 'passthrough']),
  estimated: z.boolean(),
  ...{ input_tokens: count.nullable(), output_tokens: count.nullable() },
  ...{ charge: credits.nullable(), provider_cost: credits.nullable() },
  ...{ referral_share: credits.nullable(), fee: credits.nullable() },
}) satisfies z.ZodType<PartnerRequest>

export const requestStoryAnswer = z.object({
  ...world,
  ...{ request_id: z.string(), user, status: z.string().describe('running, settled, released') },
  ...{ ending: z.string().nullable(), explanation: z.string(), endpoint: z.string(), model: z.string() },
  ...{ stream: z.boolean(), billed_to: z.enum(['credits', 'passthrough']), estimated: z.boolean() },
  ...{ http_status: count.nullable(), error: z.string().nullable() },
  ...{ created_at: seconds, ended_at: seconds.nullable(), first_byte_ms: count.nullable() },
  took_ms: count.nullable().describe('null: it runs'),
  lines: z
    .array(
      z.object({
        model: z.string().nullable().describe('where several worked on it; null: the model of the call'),
        bucket: z.enum(['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output', 'web_searches']),
        count: count.describe('tokens, or searches'),
        price: credits.describe('credits for `price_per` of them'),
        price_per: z.literal([1_000_000, 1000]),
        credits,
      }),
    )
    .describe('what the provider’s cost is made of'),
  rounding: credits.describe('what the lines lack to whole microcredits, which are what is booked'),
  ...{ referral_rate: rate, fee_rate: rate },
  ...{ provider_cost: credits.nullable(), referral_share: credits.nullable(), fee: credits.nullable() },
  paid_by_operator: credits.nullable().describe('the part of the provider’s cost that the wallet could not pay'),
  charge: credits.nullable().describe('provider_cost + referral_share + fee - paid_by_operator'),
  transfers: z
    .array(z.object({ code: z.string(), from: z.string(), to: z.string(), credits }))
    .describe('as the ledger has them'),
}) satisfies z.ZodType<PartnerRequestStory>

const partnerUser = z.object({
  ...{ id: user, first_seen_at: seconds, last_seen_at: seconds },
  ...{ calls: count, charge: credits, referral_share: credits },
  bought: credits.describe('bought in the app, less what was refunded or disputed'),
}) satisfies z.ZodType<PartnerUser>

const page = { has_more: z.boolean(), next: z.string().nullable().describe('the `after` of the next page') }

export const partnerRequestsAnswer = z.object({ ...world, data: z.array(partnerRequest), ...page })
export const partnerUsersAnswer = z.object({ ...world, data: z.array(partnerUser), ...page })
export const partnerUserAnswer = partnerUser.extend(world)
