import { memberPermissions } from '@opencredits/protocol'
import { describe, expect, it } from 'vitest'
import { memberCan } from './member-rights.ts'

describe('memberCan', () => {
  it.each([
    ['approved', true, 'developer', 'keys:write', true],
    ['approved', true, 'viewer', 'keys:write', false],
    ['approved', false, 'finance', 'payouts:read', true],
    ['pending', true, 'owner', 'app:write', false],
    ['pending', false, 'owner', 'app:write', true],
    ['suspended', true, 'owner', 'webhooks:write', false],
    ['suspended', false, 'owner', 'webhooks:write', false],
    ['suspended', true, 'owner', 'usage:read', true],
    ['closed', true, 'admin', 'app:write', false],
  ] as const)('%s, live %s: %s %s → %s', (state, livemode, role, permission, may) =>
    expect(memberCan({ state, permissions: memberPermissions[role] }, livemode, permission)).toBe(may),
  )
})
