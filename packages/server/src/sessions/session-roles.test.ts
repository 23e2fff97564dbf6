import { describe, expect, it } from 'vitest'
import { type RoleHolder, requirePasskey, rolesOf } from './session-roles.ts'

const email = 'operator@example.com'
const operatorEmails = [email]
const user: RoleHolder = { email: 'a@example.com', isMember: false, place: 'account', passkeyAtMs: null }
const operator = { ...user, email }
const member = { ...user, isMember: true }
const both = { ...member, email }

describe('rolesOf', () => {
  it.each([
    ['an operator by code', operator, [], ['user', 'operator'], false],
    ['another user', { ...user, passkeyAtMs: 1 }, ['operator', 'partner'], ['user'], false],
    ['by code where a passkey is asked for', operator, ['operator'], ['user'], true],
    ['by passkey', { ...operator, passkeyAtMs: 1 }, ['operator', 'partner'], ['user', 'operator'], false],
    ['by code where members are asked', operator, ['partner'], ['user', 'operator'], false],
    ['in the frame of an app', { ...both, place: 'frame' }, [], ['user'], false],
    ['in a frame, where a passkey is asked for', { ...operator, place: 'frame' }, ['operator'], ['user'], true],
    ['a member by code', member, ['operator'], ['user', 'partner'], false],
    ['a member by code where members are asked', member, ['partner'], ['user'], true],
    ['a member by passkey', { ...member, passkeyAtMs: 1 }, ['partner'], ['user', 'partner'], false],
    ['both, of whom members are asked', both, ['partner'], ['user', 'operator'], true],
  ] as const)('%s', (_label, holder, requirePasskeyOf, roles, isPasskeyRequired) => {
    const rules = { operatorEmails, requirePasskeyOf }
    expect(rolesOf(holder, rules)).toEqual({ roles, isPasskeyRequired })
    const require = () => requirePasskey(holder, rules)
    if (isPasskeyRequired) expect(require).toThrow(expect.objectContaining({ code: 'passkey_required', status: 403 }))
    else expect(require).not.toThrow()
  })
})

describe('requirePasskey', () => {
  it('asks for the one role that is needed', () => {
    const rules = { operatorEmails, requirePasskeyOf: ['operator'] } as const
    expect(() => requirePasskey(both, rules, 'partner')).not.toThrow()
    expect(() => requirePasskey(both, rules, 'operator')).toThrow(/asks operators for a passkey/)
    expect(() => requirePasskey(member, { ...rules, requirePasskeyOf: ['partner'] }, 'partner')).toThrow(
      /members of apps/,
    )
  })
})
