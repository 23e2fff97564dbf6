import { testHelperSchemas } from '../../packages/server/src/checkout/test-world/helper-routes.ts'
import { type MatrixRow, withScope } from './authorisation-cells.ts'

const endpoints = '/v1/partner/webhook_endpoints'
const testPurchase = '/v1/partner/test_helpers/purchases/{id}'
const testOnly = withScope('409 conflict')
/** Every key of an app reads it. */
const testOnlyReading = { ...testOnly, narrowPartnerKey: '409 conflict' }

/** Of another app, or of none: which one, e2e/process/webhooks.test.ts asks. */
function noSuch(id: string, body?: object): MatrixRow {
  return { cells: withScope('404 not_found'), ask: () => ({ id, ...(body === undefined ? {} : { body }) }) }
}

/** Whoever has anything to do with the app may read it: every key of it has `app:read`. */
const anyKey: MatrixRow = {
  cells: { ...withScope('200'), narrowPartnerKey: '200' },
  member: { permission: 'app:read', ok: '200' },
}

/** What an app's server reads and manages with a restricted key. */
export const partnerRows: Readonly<Record<string, MatrixRow>> = {
  'get /v1/partner/earnings': { cells: withScope('200') },
  'get /v1/partner/earnings.csv': { cells: withScope('200') },
  'get /v1/partner/conversion': { cells: withScope('200') },
  'get /v1/partner/what_if': { cells: withScope('200') },
  'get /v1/partner/requests': { cells: withScope('200') },
  'get /v1/partner/requests/{id}': noSuch('req_none'),
  'get /v1/partner/requests.csv': { cells: withScope('200') },
  'get /v1/partner/users': { cells: withScope('200') },
  'get /v1/partner/users/{id}': noSuch('pu_none'),
  'get /v1/partner/users.csv': { cells: withScope('200') },
  'get /v1/partner/setup': anyKey,
  'get /v1/partner/setup/log': anyKey,

  [`get ${endpoints}`]: { cells: withScope('200') },
  // A literal address is not looked up: tests have no network.
  [`post ${endpoints}`]: { cells: withScope('201'), ask: () => ({ body: { url: 'https://93.184.215.14/' } }) },
  [`patch ${endpoints}/{id}`]: noSuch('whe_none', { enabled: false }),
  [`delete ${endpoints}/{id}`]: noSuch('whe_none'),
  [`post ${endpoints}/{id}/roll`]: noSuch('whe_none', {}),
  [`post ${endpoints}/{id}/ping`]: noSuch('whe_none'),
  [`post ${endpoints}/{id}/replay`]: noSuch('whe_none', { since: 0 }),
  'get /v1/partner/webhook_events': { cells: withScope('200') },
  'get /v1/partner/webhook_deliveries': { cells: withScope('200') },
  'get /v1/partner/webhook_deliveries/{id}': noSuch('whd_none'),
  'post /v1/partner/webhook_deliveries/{id}/retry': noSuch('whd_none'),

  // The keys of the cast are of the live world, where nothing is for trying out.
  'get /v1/partner/test_clock': { cells: testOnlyReading },
  'post /v1/partner/test_clock/advance': { cells: testOnly, ask: () => ({ body: { seconds: 60 } }) },
  [`get ${testPurchase}`]: { cells: testOnlyReading, ask: () => ({ id: 'pur_none' }) },
  ...Object.fromEntries(
    Object.keys(testHelperSchemas).map((act): [string, MatrixRow] => [
      `post ${testPurchase}/${act}`,
      { cells: testOnly, ask: () => ({ id: 'pur_none', body: {} }) },
    ]),
  ),
}
