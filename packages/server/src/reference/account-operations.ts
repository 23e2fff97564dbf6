import { rollSchema } from '../account/account-key-routes.ts'
import { appChangeSchema } from '../account/app-routes.ts'
import { deletionSchema } from '../account/data-routes.ts'
import { notificationsSchema } from '../account/notification-routes.ts'
import { purchaseSchema } from '../account/purchase-routes.ts'
import { requestsCsvQuerySchema, requestsQuerySchema } from '../account/request-routes.ts'
import { usageQuerySchema } from '../account/usage-routes.ts'
import { changedKeySchema, newKeySchema } from '../keys/key-limits.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import * as answers from './account-answers.ts'
import { deletedKeyAnswer, revokedKeysAnswer } from './answers.ts'
import { type Operation, read, write } from './operation.ts'

const ofSession = (more: Partial<Operation>): Partial<Operation> => ({ auth: 'session', ...more })

const notPersonal = { '409': 'The key is an app’s, or revoked' }

const reads: readonly Operation[] = [
  read('/v1/account/overview', 'Account', 'The whole wallet, its pace, and what needs attention', {
    ...ofSession({ answer: answers.overviewAnswer }),
  }),
  read('/v1/account/usage', 'Account', 'What calls cost, by day, model, app or key; the sums are the ledger’s', {
    ...ofSession({ query: usageQuerySchema, answer: answers.usageAnswer }),
  }),
  read('/v1/account/usage.csv', 'Account', 'The same for a spreadsheet', {
    ...ofSession({ query: usageQuerySchema, answersInText: 'text/csv' }),
  }),
  read('/v1/account/requests', 'Account', 'Calls, the newest first, by when they ended', {
    ...ofSession({ query: requestsQuerySchema, answer: answers.requestsAnswer }),
  }),
  read('/v1/account/requests.csv', 'Account', 'All of them for a spreadsheet', {
    ...ofSession({ query: requestsCsvQuerySchema, answersInText: 'text/csv' }),
  }),
  read('/v1/account/requests/{id}', 'Account', 'One call, whole', { ...ofSession({ answer: answers.storyAnswer }) }),
  read('/v1/account/log', 'Account', 'What was done with money, keys and access, in words', {
    ...ofSession({ query: pageQuerySchema, answer: answers.logAnswer }),
  }),
  read('/v1/account/export', 'Account', 'All that is kept of the user, as one JSON file', {
    ...ofSession({ answer: answers.exportAnswer }),
  }),
]

const purchases: readonly Operation[] = [
  read('/v1/account/purchases', 'Account', 'Purchases, the newest first', {
    ...ofSession({ query: pageQuerySchema, answer: answers.purchasesAnswer }),
  }),
  read('/v1/account/purchases/{id}', 'Account', 'How one purchase stands', {
    ...ofSession({ answer: answers.purchaseAnswer }),
  }),
  write('/v1/account/purchases', 'Account', 'Buy credits on Stripe’s own page', {
    ...ofSession({ status: 201, body: purchaseSchema, answer: answers.openedPurchaseAnswer }),
    failures: { '429': 'Too often; see retry-after', '502': 'Stripe refused; nothing was charged' },
  }),
]

const files: readonly Operation[] = [
  read('/v1/account/files', 'Account', 'Files that are kept for the user in all apps, the newest first', {
    ...ofSession({ query: pageQuerySchema, answer: answers.filesAnswer }),
  }),
  write('/v1/account/files/{id}', 'Account', 'Delete a file, whichever app’s it is', {
    ...ofSession({ method: 'delete', answer: answers.deletedFileAnswer }),
  }),
]

const apps: readonly Operation[] = [
  read('/v1/account/apps', 'Account', 'Which apps may spend, and how much', {
    ...ofSession({ answer: answers.appsAnswer }),
  }),
  write('/v1/account/apps/{id}', 'Account', 'Change what an app may spend', {
    ...ofSession({ method: 'patch', body: appChangeSchema, answer: answers.appAnswer }),
  }),
  write('/v1/account/apps/{id}', 'Account', 'Cut an app off: all keys that it has of the user end', {
    ...ofSession({ method: 'delete', answer: answers.endedAppAnswer }),
  }),
]

const keys: readonly Operation[] = [
  read('/v1/account/keys', 'Account', 'All keys of the user, those of apps too', {
    ...ofSession({ answer: answers.accountKeysAnswer }),
  }),
  write('/v1/account/keys', 'Account', 'A personal key with limits, for Claude Code, scripts and SDKs', {
    ...ofSession({ status: 201, body: newKeySchema, answer: answers.keySecretAnswer }),
    failures: { '400': 'Malformed, or there are 100 keys already' },
  }),
  write('/v1/account/keys/{id}', 'Account', 'Change a personal key’s limits', {
    ...ofSession({ method: 'patch', body: changedKeySchema, answer: answers.accountKeyAnswer }),
    failures: notPersonal,
  }),
  write('/v1/account/keys/{id}', 'Account', 'Revoke a key', {
    ...ofSession({ method: 'delete', answer: deletedKeyAnswer }),
  }),
  write('/v1/account/keys/{id}/roll', 'Account', 'A new secret; the old one works on for its grace time', {
    ...ofSession({ body: rollSchema, answer: answers.keySecretAnswer }),
    failures: notPersonal,
  }),
  write('/v1/account/keys/revoke_all', 'Account', 'Stop everything: revoke every key of the user', {
    ...ofSession({ answer: revokedKeysAnswer }),
  }),
]

const settings: readonly Operation[] = [
  read('/v1/account/notifications', 'Account', 'What the user is told by mail', {
    ...ofSession({ answer: answers.notificationsAnswer }),
  }),
  write('/v1/account/notifications', 'Account', 'Change what the user is told by mail', {
    ...ofSession({ method: 'put', body: notificationsSchema, answer: answers.notificationsAnswer }),
  }),
  write('/v1/account/delete', 'Account', 'Delete the account', {
    ...ofSession({ body: deletionSchema, answer: answers.deletedAccountAnswer }),
    failures: {
      '403': 'Another site’s page asks, or the sign-in is not recent (recent_sign_in_required)',
      '409': '100 credits or more are left, or a payment is under way (balance_remaining)',
    },
  }),
]

/** What a signed-in user sees and does on the account page. */
export const ownAccountCalls: readonly Operation[] = [...reads, ...purchases, ...files, ...apps, ...keys, ...settings]
