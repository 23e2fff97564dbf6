import { earningsQuerySchema } from '../earnings/earnings-routes.ts'
import { partnerRequestsCsvQuerySchema, partnerRequestsQuerySchema } from '../earnings/partner-request-routes.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import { type Operation, read } from './operation.ts'
import * as answers from './partner-answers.ts'

const ofPartner = (more: Partial<Operation>): Partial<Operation> => ({ auth: 'restricted key', ...more })

/** What an app's server reads of it. All need `usage:read`. */
export const partnerCalls: readonly Operation[] = [
  read('/v1/partner/earnings', 'Partner', 'What the app earned, by day, model or user; the sums are the ledger’s', {
    ...ofPartner({ query: earningsQuerySchema, answer: answers.earningsAnswer }),
  }),
  read('/v1/partner/earnings.csv', 'Partner', 'All groups for a spreadsheet', {
    ...ofPartner({ query: earningsQuerySchema, answersInText: 'text/csv' }),
  }),
  read('/v1/partner/requests', 'Partner', 'The calls of the app’s users, the newest first, by when they ended', {
    ...ofPartner({ query: partnerRequestsQuerySchema, answer: answers.partnerRequestsAnswer }),
  }),
  read('/v1/partner/requests.csv', 'Partner', 'All of them for a spreadsheet', {
    ...ofPartner({ query: partnerRequestsCsvQuerySchema, answersInText: 'text/csv' }),
  }),
  read('/v1/partner/users', 'Partner', 'The app’s users by pseudonym, the newest first', {
    ...ofPartner({ query: pageQuerySchema, answer: answers.partnerUsersAnswer }),
  }),
  read('/v1/partner/users.csv', 'Partner', 'All of them for a spreadsheet', {
    ...ofPartner({ answersInText: 'text/csv' }),
  }),
]
