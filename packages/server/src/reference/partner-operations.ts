import { conversionQuerySchema } from '../earnings/conversion-routes.ts'
import { earningsQuerySchema } from '../earnings/earnings-routes.ts'
import { partnerRequestsCsvQuerySchema, partnerRequestsQuerySchema } from '../earnings/partner-request-routes.ts'
import { whatIfQuerySchema } from '../earnings/what-if-routes.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import { type Operation, read } from './operation.ts'
import * as answers from './partner-answers.ts'

const ofPartner = (more: Partial<Operation>): Partial<Operation> => ({ auth: 'restricted key', ...more })

const noSuch = { '404': 'There is none, or it is another app’s' }

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
  read('/v1/partner/requests/{id}', 'Partner', 'One call: what each of its microcredits is for', {
    ...ofPartner({ answer: answers.requestStoryAnswer, failures: noSuch }),
  }),
  read('/v1/partner/conversion', 'Partner', 'From opening the checkout to paying and calling', {
    ...ofPartner({ query: conversionQuerySchema, answer: answers.conversionAnswer }),
  }),
  read('/v1/partner/what_if', 'Partner', 'What so many requests would earn, at this rate or another', {
    ...ofPartner({ query: whatIfQuerySchema, answer: answers.whatIfAnswer }),
  }),
  read('/v1/partner/users', 'Partner', 'The app’s users by pseudonym, the newest first', {
    ...ofPartner({ query: pageQuerySchema, answer: answers.partnerUsersAnswer }),
  }),
  read('/v1/partner/users/{id}', 'Partner', 'One of them', {
    ...ofPartner({ answer: answers.partnerUserAnswer, failures: noSuch }),
  }),
  read('/v1/partner/users.csv', 'Partner', 'All of them for a spreadsheet', {
    ...ofPartner({ answersInText: 'text/csv' }),
  }),
]
