import { randomUUID } from 'node:crypto'
import { type ApiAnswer, call } from './api-client.ts'
import { appRows } from './app-rows.ts'
import {
  type Asked,
  bad,
  forAnyone,
  foreignPage,
  forOwnPage,
  invalid,
  invalidCode,
  type MatrixRow,
  missingCode,
  noSuch,
  notForKeys,
  ownOnly,
  partnerKeys,
  type Scene,
  withKey,
  withSession,
} from './authorisation-cells.ts'
import { aBatch, aFileBatch, batchOfApp } from './batch-scenes.ts'
import { partnerRows } from './partner-rows.ts'

/** The personal key of the cast. */
const ofPersonalKey =
  (body?: unknown) =>
  ({ cast }: Scene): Asked => ({ id: cast.ids.personalKey, ...(body === undefined ? {} : { body }) })

const messages = [{ role: 'user', content: 'Hi' }]
const says = (body: unknown) => () => ({ body })

/** A call pays; the guest of the cast has nothing. */
const paid = (body: unknown): MatrixRow => ({
  cells: withKey('200', { guest: '402 insufficient_credits' }),
  ask: says(body),
})

/** A response that is kept for the app's key. */
async function keptOfApp({ stack, cast }: Scene): Promise<Asked> {
  const body = { model: 'gpt-4o', max_output_tokens: 16, input: 'Hi' }
  const answer = await call(stack, 'POST', '/v1/responses', { headers: cast.headers.appKey, body })
  return { id: String(answer.body.id) }
}

const aFile: Asked = {
  headers: { 'content-type': 'multipart/form-data; boundary=x' },
  body: [
    '--x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nuser_data',
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nwords\r\n--x--\r\n',
  ].join('\r\n'),
}

/** A file that the app's key has uploaded. */
async function fileOfApp({ stack, cast }: Scene): Promise<Asked> {
  const headers = { ...cast.headers.appKey, ...aFile.headers }
  const answer = await call(stack, 'POST', '/v1/files', { headers, body: aFile.body })
  return { id: String(answer.body.id) }
}

/** A call that the app's key has made. */
async function callOfApp({ stack, cast }: Scene): Promise<Asked> {
  const headers = cast.headers.appKey
  const answer = await call(stack, 'POST', '/v1/chat/completions', { headers, body: { model: 'gpt-4o', messages } })
  return { id: String(answer.headers.get('request-id')) }
}

async function openCheckout({ stack, app, cast }: Scene): Promise<ApiAnswer> {
  const body = { publishable_key: app.publishable_key, amount: 5 }
  return call(stack, 'POST', '/v1/checkout/sessions', { headers: cast.headers.appKey, body })
}

const publishableKey = ({ app }: Scene) => ({ query: `?publishable_key=${app.publishable_key}` })

/** By method and path, as Express has them: every route that there is. */
export const authorisationMatrix: Readonly<Record<string, MatrixRow>> = {
  // Calls.
  'post /v1/chat/completions': paid({ model: 'gpt-4o', max_tokens: 5, messages }),
  'post /v1/responses': paid({ model: 'gpt-4o', max_output_tokens: 16, input: 'Hi' }),
  'get /v1/responses/{id}': { cells: withKey(noSuch, { appKey: '200' }), ask: keptOfApp },
  'get /v1/responses/{id}/input_items': { cells: withKey(noSuch, { appKey: '200' }), ask: keptOfApp },
  'delete /v1/responses/{id}': { cells: withKey(noSuch, { appKey: '200' }), ask: keptOfApp },
  'post /v1/embeddings': paid({ model: 'text-embedding-3-small', input: 'Hi' }),
  'post /v1/messages': paid({ model: 'claude-sonnet-4', max_tokens: 5, messages }),
  'post /v1/messages/count_tokens': { cells: withKey('200'), ask: says({ model: 'claude-sonnet-4', messages }) },
  'get /v1/models': { cells: forAnyone('200') },
  'get /v1/models/{id}': { cells: forAnyone('200'), ask: () => ({ id: 'openai/gpt-4o' }) },

  // Files belong to a user in an app.
  'post /v1/files': { cells: withKey('200', { guest: '402 insufficient_credits' }), ask: () => aFile },
  'get /v1/files': { cells: withKey('200') },
  'get /v1/files/{id}': { cells: withKey(noSuch, { appKey: '200' }), ask: fileOfApp },
  'get /v1/files/{id}/content': { cells: withKey(noSuch, { appKey: '200' }), ask: fileOfApp },
  'delete /v1/files/{id}': { cells: withKey(noSuch, { appKey: '200' }), ask: fileOfApp },

  'post /v1/messages/batches': paid(aBatch),
  'get /v1/messages/batches': { cells: withKey('200') },
  'get /v1/messages/batches/{id}': { cells: withKey(noSuch, { appKey: '200' }), ask: batchOfApp },
  'get /v1/messages/batches/{id}/results': { cells: withKey(noSuch, { appKey: '200' }), ask: batchOfApp },
  'post /v1/messages/batches/{id}/cancel': { cells: withKey(noSuch, { appKey: '200' }), ask: batchOfApp },
  'delete /v1/messages/batches/{id}': { cells: withKey(noSuch, { appKey: '200' }), ask: batchOfApp },

  // Whose file it is comes after whose key it is.
  'post /v1/batches': { cells: withKey(noSuch, { guest: '402 insufficient_credits' }), ask: says(aFileBatch) },
  'get /v1/batches': { cells: withKey('200') },
  'get /v1/batches/{id}': { cells: withKey(noSuch) },
  'post /v1/batches/{id}/cancel': { cells: withKey(noSuch) },

  // What a key has, and what its app did.
  'get /v1/credits/balance': { cells: withKey('200') },
  'get /v1/credits': { cells: withKey('200') },
  'get /v1/credits/history': { cells: withKey('200') },
  'get /v1/credits/requests/{id}': { cells: withKey(noSuch, { appKey: '200' }), ask: callOfApp },
  // It says what a call would be answered.
  'get /v1/credits/route': {
    cells: withKey('200', {
      ...{ noOne: `200 ${missingCode}`, session: `200 ${missingCode}`, otherSession: `200 ${missingCode}` },
      ...{ expiredSession: `200 ${missingCode}`, revokedKey: `200 ${invalidCode}` },
      ...partnerKeys(`200 ${invalidCode}`),
    }),
  },
  'get /v1/credits/pricing': { cells: forAnyone('200'), ask: publishableKey },
  'post /v1/credits/pricing': {
    cells: forAnyone('200'),
    ask: ({ app }) => ({ body: { publishable_key: app.publishable_key } }),
  },

  // Buying.
  'post /v1/checkout/sessions': {
    cells: forAnyone('200', { personalKey: notForKeys, revokedKey: invalid, ...partnerKeys(invalid) }),
    ask: ({ app }) => ({ body: { publishable_key: app.publishable_key, amount: 5 } }),
  },
  'get /v1/checkout/sessions/{id}': {
    cells: withKey(noSuch, { appKey: '200' }),
    ask: async (scene) => ({ id: String((await openCheckout(scene)).body.session_id) }),
  },
  'get /v1/checkout/preflight': {
    cells: forAnyone('200'),
    ask: ({ app }) => ({ query: `?publishable_key=${app.publishable_key}&origin=https://app.example` }),
  },
  'post /v1/checkout/opens': {
    cells: forOwnPage('204'),
    ask: ({ app }) => ({ body: { publishable_key: app.publishable_key } }),
  },
  'post /webhooks/stripe': { cells: forAnyone(bad), ask: says({}) },
  'get /checkout': {
    cells: forAnyone('200'),
    ask: ({ app }) => ({ query: `?pk=${app.publishable_key}&origin=https://app.example` }),
  },
  'get /checkout/return': { cells: forAnyone('200') },
  'get /checkout/cancelled': { cells: forAnyone('200') },
  'get /checkout/state': { cells: forAnyone(noSuch), ask: () => ({ query: '?purchase=pur_none' }) },
  'get /checkout/test-payment': { cells: forAnyone('200') },
  'get /checkout/test-payments/{id}': { cells: forAnyone(noSuch), ask: () => ({ id: 'cs_test_none' }) },
  'post /checkout/test-payments/{id}': {
    cells: forAnyone(noSuch),
    ask: () => ({ id: 'cs_test_none', body: { action: 'pay' } }),
  },
  'post /checkout/cancelled': { cells: forAnyone(noSuch), ask: says({ purchase: 'pur_none' }) },

  // Signing in inside an app.
  'post /v1/login/codes': {
    cells: forAnyone('200'),
    ask: ({ app }) => ({ body: { publishable_key: app.publishable_key, email: `${randomUUID()}@example.com` } }),
  },
  'post /v1/login/verify': { cells: forAnyone(bad), ask: says({ login_id: 'lgn_none', code: '12345678' }) },
  'post /v1/login/consent': { cells: forAnyone(bad), ask: says({ consent_id: 'none', budget: 1, window: 'day' }) },
  'post /v1/logout': { cells: withKey('204', { personalKey: notForKeys }) },
  'get /v1/me': { cells: withKey('200') },

  // Keys manage nothing.
  'get /v1/keys': { cells: withKey('200') },
  'post /v1/keys': { cells: withKey(notForKeys), ask: says({ name: 'mine' }) },
  'patch /v1/keys/{id}': {
    cells: withKey(notForKeys),
    ask: ({ cast }) => ({ id: cast.ids.appKey, body: { budget: null } }),
  },
  'delete /v1/keys/{id}': {
    cells: withKey(notForKeys, { appKey: '200' }),
    ask: ({ cast }) => ({ id: cast.ids.appKey }),
  },
  'post /v1/keys/revoke_all': { cells: withKey(notForKeys) },

  // Signing in on our own pages.
  'post /v1/session/codes': {
    cells: forOwnPage('200'),
    ask: () => ({ body: { email: `${randomUUID()}@example.com` } }),
  },
  'post /v1/session': { cells: forOwnPage(bad), ask: says({ login_id: 'lgn_none', code: '12345678' }) },
  'get /v1/session': { cells: withSession('200') },
  'delete /v1/session': { cells: forAnyone('204') },
  'get /v1/sessions': { cells: withSession('200') },
  'delete /v1/sessions/{id}': {
    cells: withSession('200', foreignPage, { otherSession: noSuch }),
    ask: ({ cast }) => ({ id: cast.ids.session }),
  },
  'post /v1/session/passkey/options': { cells: forOwnPage('200'), ask: says({}) },
  'post /v1/session/passkey': { cells: forOwnPage(bad), ask: says({}) },
  'get /v1/session/passkeys': { cells: withSession('200') },
  'post /v1/session/passkeys/options': { cells: withSession('200', foreignPage), ask: says({}) },
  'post /v1/session/passkeys': { cells: withSession(bad, foreignPage), ask: says({}) },
  'delete /v1/session/passkeys/{id}': { cells: withSession(noSuch, foreignPage), ask: () => ({ id: 'none' }) },

  // The account.
  'get /v1/account/overview': { cells: withSession('200') },
  'get /v1/account/usage': { cells: withSession('200') },
  'get /v1/account/usage.csv': { cells: withSession('200') },
  'get /v1/account/requests': { cells: withSession('200') },
  'get /v1/account/requests.csv': { cells: withSession('200') },
  'get /v1/account/requests/{id}': { cells: ownOnly(), ask: callOfApp },
  'get /v1/account/purchases': { cells: withSession('200') },
  'get /v1/account/purchases/{id}': { cells: withSession(noSuch) },
  'post /v1/account/purchases': { cells: withSession(bad, foreignPage), ask: says({}) },
  'get /v1/account/apps': { cells: withSession('200') },
  'patch /v1/account/apps/{id}': {
    cells: ownOnly(foreignPage),
    ask: ({ app }) => ({ id: app.id, body: { budget: 5 } }),
  },
  'delete /v1/account/apps/{id}': { cells: ownOnly(foreignPage), ask: ({ app }) => ({ id: app.id }) },
  'get /v1/account/files': { cells: withSession('200') },
  'delete /v1/account/files/{id}': { cells: withSession(noSuch, foreignPage), ask: () => ({ id: 'file_none' }) },
  'get /v1/account/batches': { cells: withSession('200') },
  'post /v1/account/batches/{id}/cancel': {
    cells: withSession(noSuch, foreignPage),
    ask: () => ({ id: 'msgbatch_none', body: {} }),
  },
  'get /v1/account/keys': { cells: withSession('200') },
  'post /v1/account/keys': { cells: withSession('201', foreignPage), ask: says({ name: 'mine' }) },
  'patch /v1/account/keys/{id}': { cells: ownOnly(foreignPage), ask: ofPersonalKey({ budget: 5 }) },
  'post /v1/account/keys/{id}/roll': { cells: ownOnly(foreignPage), ask: ofPersonalKey({ grace_seconds: 0 }) },
  'delete /v1/account/keys/{id}': { cells: ownOnly(foreignPage), ask: ofPersonalKey() },
  'post /v1/account/keys/revoke_all': { cells: withSession('200', foreignPage) },
  'get /v1/account/notifications': { cells: withSession('200') },
  'put /v1/account/notifications': { cells: withSession(bad, foreignPage), ask: says({ low_balance: 1 }) },
  'get /v1/account/log': { cells: withSession('200') },
  'get /v1/account/export': { cells: withSession('200') },
  'post /v1/account/delete': { cells: withSession('409 balance_remaining', foreignPage), ask: says({}) },
  'get /v1/account/claims': { cells: withSession('200') },
  'post /v1/account/claims': { cells: withSession(noSuch, foreignPage), ask: says({ purchase_id: 'pur_none' }) },
  'post /v1/claims': { cells: forOwnPage('404 claim_link_invalid'), ask: says({ token: 'none' }) },

  // What an app's server reads and manages.
  ...partnerRows,
  ...appRows,

  // Pages and files.
  'get /': { cells: forAnyone('200') },
  'get /account': { cells: forAnyone('200') },
  'get /account/{path}': { cells: forAnyone('200') },
  'get /partner': { cells: forAnyone('200') },
  'get /partner/{path}': { cells: forAnyone('200') },
  'get /logos/{file}': { cells: forAnyone(noSuch) },
  'get /assets/sdk.js': { cells: forAnyone('200') },

  // Of the installation. The tests are on its machine, and so may read its figures.
  'get /v1/health': { cells: forAnyone('200') },
  'get /v1/health/live': { cells: forAnyone('200') },
  'get /metrics': { cells: forAnyone('200') },
  'get /openapi.json': { cells: forAnyone('200') },
  'head /': { cells: forAnyone('200') },
}
