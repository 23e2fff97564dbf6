import { type MatrixRow, withScope } from './authorisation-cells.ts'

const keys = '/v1/partner/keys'
/** A pixel. */
const image = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** No key makes or changes keys: which members may, and when, e2e/process/app-settings.test.ts asks. */
function membersOnly(id?: string, body?: object): MatrixRow {
  const ask = () => ({ ...(id === undefined ? {} : { id }), ...(body === undefined ? {} : { body }) })
  return { cells: withScope('403 insufficient_scope'), ask }
}

/** What an app's maker sets. */
export const appRows: Readonly<Record<string, MatrixRow>> = {
  // Every key may read them.
  'get /v1/partner/app': { cells: { ...withScope('200'), narrowPartnerKey: '200' } },
  'get /v1/partner/models': { cells: { ...withScope('200'), narrowPartnerKey: '200' } },
  'patch /v1/partner/app': { cells: withScope('200'), ask: () => ({ body: { website: 'https://app.example' } }) },
  'put /v1/partner/app/logo': { cells: withScope('200'), ask: () => ({ body: { image } }) },
  'delete /v1/partner/app/logo': { cells: withScope('200') },

  [`get ${keys}`]: membersOnly(),
  [`post ${keys}`]: membersOnly(undefined, { name: 'A', scopes: ['usage:read'] }),
  [`patch ${keys}/{id}`]: membersOnly('key_none', { name: 'B' }),
  [`delete ${keys}/{id}`]: membersOnly('key_none'),
  [`post ${keys}/{id}/roll`]: membersOnly('key_none', {}),
  'post /v1/partner/publishable_key/roll': membersOnly(undefined, {}),
}
