import { randomUUID } from 'node:crypto'
import { testHelperSchemas } from '../../packages/server/src/checkout/test-world/helper-routes.ts'
import { bad, foreignPage, type MatrixRow, noSuch, withSession } from './authorisation-cells.ts'
import type { NeededPermission } from './member-matrix.ts'
import { forMembers, forPartners } from './member-rows.ts'

const endpoints = '/v1/partner/webhook_endpoints'
const invitations = '/v1/partner/invitations'
const keys = '/v1/partner/keys'

const reads = (permission: NeededPermission) => forPartners({ permission, ok: '200' })
const says = (body: object) => () => ({ body })

/** Of another app, or of none: which one, e2e/process/webhooks.test.ts asks. */
function none(permission: NeededPermission, id: string, body?: object): MatrixRow {
  return forPartners({ permission, ok: noSuch }, () => ({ id, ...(body === undefined ? {} : { body }) }))
}

/** The same, for members only. */
function noneOfMembers(permission: NeededPermission, id: string, body?: object): MatrixRow {
  return forMembers({ permission, ok: noSuch }, () => ({ id, ...(body === undefined ? {} : { body }) }))
}

const ofOwner = '403 insufficient_scope'
const notOwner = { admin: ofOwner, developer: ofOwner, finance: ofOwner, viewer: ofOwner } as const

/** Figures, webhooks and the test world. */
const figureRows: Readonly<Record<string, MatrixRow>> = {
  'get /v1/partner/earnings': reads('usage:read'),
  'get /v1/partner/earnings.csv': reads('usage:read'),
  'get /v1/partner/conversion': reads('usage:read'),
  'get /v1/partner/what_if': reads('usage:read'),
  'get /v1/partner/requests': reads('usage:read'),
  'get /v1/partner/requests/{id}': none('usage:read', 'req_none'),
  'get /v1/partner/requests.csv': reads('usage:read'),
  'get /v1/partner/users': reads('usage:read'),
  'get /v1/partner/users/{id}': none('usage:read', 'pu_none'),
  'get /v1/partner/users.csv': reads('usage:read'),
  'get /v1/partner/setup': reads('app:read'),
  'get /v1/partner/setup/log': reads('app:read'),

  [`get ${endpoints}`]: reads('webhooks:write'),
  // A literal address is not looked up: tests have no network.
  [`post ${endpoints}`]: forPartners(
    { permission: 'webhooks:write', ok: '201' },
    says({ url: 'https://93.184.215.14/' }),
  ),
  [`patch ${endpoints}/{id}`]: none('webhooks:write', 'whe_none', { enabled: false }),
  [`delete ${endpoints}/{id}`]: none('webhooks:write', 'whe_none'),
  [`post ${endpoints}/{id}/roll`]: none('webhooks:write', 'whe_none', {}),
  [`post ${endpoints}/{id}/ping`]: none('webhooks:write', 'whe_none'),
  [`post ${endpoints}/{id}/replay`]: none('webhooks:write', 'whe_none', { since: 0 }),
  'get /v1/partner/webhook_events': reads('webhooks:write'),
  'get /v1/partner/webhook_deliveries': reads('webhooks:write'),
  'get /v1/partner/webhook_deliveries/{id}': none('webhooks:write', 'whd_none'),
  'post /v1/partner/webhook_deliveries/{id}/retry': none('webhooks:write', 'whd_none'),

  // Nothing is for trying out in the live world.
  'get /v1/partner/test_clock': forPartners({ permission: 'app:read', ok: '409 conflict', okInTest: '200' }),
  'post /v1/partner/test_clock/advance': forPartners(
    { permission: 'app:write', ok: '409 conflict', okInTest: '200' },
    says({ seconds: 60 }),
  ),
  ...Object.fromEntries(
    ['get', ...Object.keys(testHelperSchemas).map((name) => `post ${name}`)].map((act): [string, MatrixRow] => {
      const [method, name] = act.split(' ')
      const path = `/v1/partner/test_helpers/purchases/{id}${name === undefined ? '' : `/${name}`}`
      const okInTest = name === 'close_dispute' ? bad : noSuch
      const ask = () => ({ id: 'pur_none', body: method === 'get' ? undefined : {} })
      const permission = method === 'get' ? 'app:read' : 'app:write'
      return [`${method} ${path}`, forPartners({ permission, ok: '409 conflict', okInTest }, ask)]
    }),
  ),
}

/** Settings and keys. */
const settingsRows: Readonly<Record<string, MatrixRow>> = {
  'get /v1/partner/app': reads('app:read'),
  'patch /v1/partner/app': forPartners({ permission: 'app:write', ok: '200' }, says({ name: 'Another name' })),
  'get /v1/partner/models': reads('app:read'),
  'put /v1/partner/app/logo': forPartners({ permission: 'app:write', ok: bad }, says({})),
  'delete /v1/partner/app/logo': forPartners({ permission: 'app:write', ok: '200' }),
  [`get ${keys}`]: forMembers({ permission: 'keys:write', ok: '200' }),
  [`post ${keys}`]: forMembers(
    { permission: 'keys:write', ok: '201' },
    says({ name: 'mine', scopes: ['usage:read'], expires_at: null }),
  ),
  [`patch ${keys}/{id}`]: noneOfMembers('keys:write', 'key_none', { name: 'other' }),
  [`delete ${keys}/{id}`]: noneOfMembers('keys:write', 'key_none'),
  [`post ${keys}/{id}/roll`]: noneOfMembers('keys:write', 'key_none', { grace_seconds: 0 }),
  'post /v1/partner/publishable_key/roll': forMembers(
    { permission: 'keys:write', ok: '200' },
    says({ grace_seconds: 0 }),
  ),
}

/** Apps and their members. */
const memberRows: Readonly<Record<string, MatrixRow>> = {
  'get /v1/partner/apps': { cells: withSession('200') },
  'post /v1/partner/applications': { cells: withSession(bad, foreignPage), ask: says({}) },
  [`post ${invitations}/read`]: { cells: withSession(noSuch, foreignPage), ask: says({ token: 'none' }) },
  [`post ${invitations}/accept`]: { cells: withSession(noSuch, foreignPage), ask: says({ token: 'none' }) },
  'get /v1/partner/members': forMembers({ permission: 'app:read', ok: '200' }),
  'delete /v1/partner/members/me': forMembers({ permission: 'app:read', ok: '200', but: { owner: '409 conflict' } }),
  'patch /v1/partner/members/{id}': noneOfMembers('members:write', 'mem_none', { role: 'viewer' }),
  'delete /v1/partner/members/{id}': noneOfMembers('members:write', 'mem_none'),
  [`post ${invitations}`]: forMembers({ permission: 'members:write', ok: '201' }, () => ({
    body: { email: `${randomUUID()}@example.com`, role: 'viewer' },
  })),
  [`post ${invitations}/{id}/resend`]: noneOfMembers('members:write', 'inv_none'),
  [`delete ${invitations}/{id}`]: noneOfMembers('members:write', 'inv_none'),
  'post /v1/partner/owner': forMembers(
    { permission: 'app:read', ok: noSuch, but: notOwner },
    says({ member_id: 'mem_none' }),
  ),
  'post /v1/partner/close': forMembers({
    ...{ permission: 'app:read', ok: '200' },
    but: { ...notOwner, closed: '409 conflict' },
  }),
  'get /v1/partner/audit_log': forMembers({ permission: 'members:write', ok: '200' }),
}

/** What an app's server reads and manages with a restricted key, and its members in the console. */
export const partnerRows: Readonly<Record<string, MatrixRow>> = { ...figureRows, ...settingsRows, ...memberRows }
