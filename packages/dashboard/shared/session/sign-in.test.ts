import { describe, expect, it } from 'vitest'
import { readCode } from './code-step.tsx'
import { forgetPending, keepPending, readPending } from './pending-sign-in.ts'

describe('readCode', () => {
  it.each([
    ['12345678', '12345678'],
    ['1234 5678', '12345678'],
    [' 1234-5678\n', '12345678'],
    ['1234\u00a05678', '12345678'],
    ['1234567', null],
    ['123456789', null],
    ['abcdefgh', null],
    ['', null],
  ])('%j', (typed, code) => expect(readCode(typed)).toBe(code))
})

describe('a sign-in whose code is in the mail', () => {
  const pending = { email: 'a@example.com', loginId: 'lgn_1', expiresAt: 1000 }
  it('outlives the page, until its code is over', () => {
    keepPending(pending)
    expect(readPending(999_000)).toEqual(pending)
    expect(readPending(1_000_000)).toBeNull()
    forgetPending()
    expect(readPending(0)).toBeNull()
  })

  it('is not made of what somebody else has put there', () => {
    for (const text of ['{"email":1}', 'no JSON', '[]']) {
      sessionStorage.setItem('opencredits:sign-in', text)
      expect(readPending(0)).toBeNull()
    }
  })
})
