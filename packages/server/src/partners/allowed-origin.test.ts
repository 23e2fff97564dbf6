import { describe, expect, it } from 'vitest'
import { isOriginAllowed, normalizeOrigin } from './allowed-origin.ts'

describe('normalizeOrigin', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['https://app.example', 'https://app.example'],
    ['https://app.example/page?x=1', 'https://app.example'],
    ['https://APP.example:443', 'https://app.example'],
    ['http://app.example', null],
    ['http://localhost:3000/', 'http://localhost:3000'],
    ['http://partner.localhost:3000', 'http://partner.localhost:3000'],
    ['http://localhost.evil.example', null],
    ['null', null],
    ['javascript:alert(1)', null],
    ['app.example', null],
  ]
  for (const [text, origin] of cases) it(`${text} → ${origin}`, () => expect(normalizeOrigin(text)).toBe(origin))
})

describe('isOriginAllowed', () => {
  const registered = { origins: ['https://app.example'], allowsLocalhost: false }
  const none = { origins: [], allowsLocalhost: false }
  it('takes a registered origin', () => expect(isOriginAllowed(registered, 'https://app.example', false)).toBe(true))
  it('refuses another, a subdomain and a port', () => {
    for (const origin of [
      'https://evil.example',
      'https://x.app.example',
      'https://app.example:444',
      'https://app.example.evil.example',
      'https://app.example/',
    ]) {
      expect(isOriginAllowed(registered, origin, true)).toBe(false)
    }
  })
  it('takes this machine in the sandbox while nothing is registered', () => {
    expect(isOriginAllowed(none, 'http://localhost:8788', true)).toBe(true)
    expect(isOriginAllowed(none, 'http://127.0.0.1:1', true)).toBe(true)
    expect(isOriginAllowed(none, 'http://localhost:8788', false)).toBe(false)
    expect(isOriginAllowed(registered, 'http://localhost:8788', true)).toBe(false)
    expect(isOriginAllowed(none, 'https://app.example', true)).toBe(false)
  })

  it.each([
    ['http://localhost', true],
    ['http://localhost:5173', true],
    ['http://127.0.0.1:3000', true],
    ['http://[::1]:3000', true],
    ['https://app.example', true],
    ['https://localhost:3000', false],
    ['http://127.0.0.2:3000', false],
    ['http://app.localhost:3000', false],
    ['http://localhost.evil.example', false],
    ['http://localhost:3000/', false],
    ['http://evil.example', false],
    ['null', false],
  ])('with --allow-localhost answers %s with %s, with real money too', (origin, isAllowed) => {
    expect(isOriginAllowed({ ...registered, allowsLocalhost: true }, origin, false)).toBe(isAllowed)
  })
})
