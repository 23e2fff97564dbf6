import { describe, expect, it } from 'vitest'
import { requirePasskey, rolesOf } from './session-roles.ts'

const email = 'operator@example.com'
const operatorEmails = [email]

describe('rolesOf', () => {
  it.each([
    ['an operator by code', { email, place: 'account', passkeyAtMs: null }, [], ['user', 'operator'], false],
    ['another user', { email: 'a@example.com', place: 'account', passkeyAtMs: 1 }, ['operator'], ['user'], false],
    [
      'by code where a passkey is asked for',
      { email, place: 'account', passkeyAtMs: null },
      ['operator'],
      ['user'],
      true,
    ],
    ['by passkey', { email, place: 'account', passkeyAtMs: 1 }, ['operator', 'partner'], ['user', 'operator'], false],
    [
      'by code where members are asked',
      { email, place: 'account', passkeyAtMs: null },
      ['partner'],
      ['user', 'operator'],
      false,
    ],
    ['in the frame of an app', { email, place: 'frame', passkeyAtMs: null }, [], ['user'], false],
    [
      'in a frame, where a passkey is asked for',
      { email, place: 'frame', passkeyAtMs: null },
      ['operator'],
      ['user'],
      true,
    ],
  ] as const)('%s', (_label, holder, requirePasskeyOf, roles, isPasskeyRequired) => {
    const rules = { operatorEmails, requirePasskeyOf }
    expect(rolesOf(holder, rules)).toEqual({ roles, isPasskeyRequired })
    const require = () => requirePasskey(holder, rules)
    if (isPasskeyRequired) expect(require).toThrow(expect.objectContaining({ code: 'passkey_required', status: 403 }))
    else expect(require).not.toThrow()
  })
})
