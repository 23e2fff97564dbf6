import { describe, expect, it } from 'vitest'
import { maskEmail, normalizeEmail, readEmail } from './email-address.ts'

describe('readEmail', () => {
  it.each([
    ['  Ada@Example.COM ', 'ada@example.com'],
    ['ada@münchen.example', 'ada@xn--mnchen-3ya.example'],
    ['ada@XN--MNCHEN-3YA.example', 'ada@xn--mnchen-3ya.example'],
    ['ada', null],
    ['ada@', null],
    ['ada@exa mple.com', null],
    ['ada@example.com\r\nbcc: x@example.com', null],
    [null, null],
    [undefined, null],
  ])('%j is %j', (text, email) => expect(readEmail(text)).toBe(email))

  it('is what sign-in takes too, and sign-in says what is wrong', () => {
    expect(normalizeEmail('Ada@München.example')).toBe('ada@xn--mnchen-3ya.example')
    expect(() => normalizeEmail('ada')).toThrow(expect.objectContaining({ param: 'email' }))
  })
})

describe('maskEmail', () => {
  it.each([
    ['ada.lovelace@example.com', 'a•••@example.com'],
    ['a@example.com', 'a•••@example.com'],
    ['👩‍🚀x@example.com', '👩‍🚀•••@example.com'],
    ['ada@xn--mnchen-3ya.example', 'a•••@münchen.example'],
    ['a@b@example.com', 'a•••@example.com'],
  ])('%s is %s', (email, mask) => expect(maskEmail(email)).toBe(mask))
})
