import type { ClaimLinkResponse, ClaimListResponse, ClaimResponse } from '@opencredits/protocol'
import { z } from 'zod'
import { claimLinkSchema, claimSchema } from '../claims/claim-schemas.ts'
import { claimableAnswer } from './answers.ts'
import { type Operation, read, write } from './operation.ts'
import { sessionAnswer } from './session-operations.ts'

const claimsAnswer = z.object({ data: z.array(claimableAnswer) }) satisfies z.ZodType<ClaimListResponse>

const claimAnswer = z.object({
  purchase_ids: z.array(z.string()).describe('all that came along: the purchases of one guest share a wallet'),
  credits: z.number().describe('moved to the account'),
  balance: z.number().describe('what the account can spend now'),
  claimable: z.array(claimableAnswer).describe('still on offer'),
}) satisfies z.ZodType<ClaimResponse>

const linkAnswer = claimAnswer.extend(sessionAnswer.shape) satisfies z.ZodType<ClaimLinkResponse>

const refused = 'Claimed before, refunded, disputed, or nothing is left (claim_refused)'

/** Guests' purchases that an account takes over. */
export const claimCalls: readonly Operation[] = [
  read('/v1/account/claims', 'Account', 'Purchases that were made as a guest with this account’s e-mail', {
    auth: 'session',
    answer: claimsAnswer,
  }),
  write('/v1/account/claims', 'Account', 'Add what is left of such a purchase to the account', {
    auth: 'session',
    body: claimSchema,
    answer: claimAnswer,
    failures: {
      '403': 'Another site’s page asks, or the sign-in is not recent (recent_sign_in_required)',
      '404': 'No purchase of this e-mail has this id',
      '409': refused,
    },
  }),
  write('/v1/claims', 'Account', 'The link in a guest’s receipt: signs in, and adds the purchase to the account', {
    auth: 'own page',
    body: claimLinkSchema,
    answer: linkAnswer,
    failures: { '404': 'The link is unknown, used, or older than 30 days (claim_link_invalid)', '409': refused },
  }),
]
