import type { PartnerEarnings, PartnerRequest, PartnerUser } from '@opencredits/protocol'
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
  conversion: z.object({
    opened: count.describe('users who began a checkout in the period'),
    paid: count.describe('of these, who paid'),
    called: count.describe('of these, who have made a call'),
  }),
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

const partnerUser = z.object({
  ...{ id: user, first_seen_at: seconds, last_seen_at: seconds },
  ...{ calls: count, charge: credits, referral_share: credits },
  bought: credits.describe('bought in the app, less what was refunded or disputed'),
}) satisfies z.ZodType<PartnerUser>

const page = { has_more: z.boolean(), next: z.string().nullable().describe('the `after` of the next page') }

export const partnerRequestsAnswer = z.object({ ...world, data: z.array(partnerRequest), ...page })
export const partnerUsersAnswer = z.object({ ...world, data: z.array(partnerUser), ...page })
