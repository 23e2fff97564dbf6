import { describe, expect, it } from 'vitest'
import { describeAccess } from './describe-partner.ts'
import { readOrigin } from './partner-options.ts'

describe('readOrigin', () => {
  it.each([
    ['https://app.example', 'https://app.example'],
    ['https://APP.example:443/', 'https://app.example'],
    ['http://localhost:3000', 'http://localhost:3000'],
  ])('takes %s', (text, origin) =>
    expect(readOrigin(text, ['https://first.example'])).toEqual(['https://first.example', origin]),
  )

  it.each([
    ['https://app.example/shop', 'Write --origin https://app.example'],
    ['https://app.example/?a=1', 'Write --origin https://app.example'],
    ['http://localhost:3000/index.html', 'Write --origin http://localhost:3000'],
    ['https://me@app.example', 'Write --origin https://app.example'],
    ['http://app.example', 'Write --origin https://app.example'],
    ['app.example', 'Write --origin https://app.example'],
    ['localhost:3000', 'Write --origin http://localhost:3000'],
    ['ftp://app.example', 'such as https://app.example'],
    ['app', 'such as https://app.example'],
    ['null', 'such as https://app.example'],
  ])('refuses %s and says: %s', (text, advice) => expect(() => readOrigin(text, undefined)).toThrow(advice))
})

describe('describeAccess', () => {
  const words = (origins: readonly string[], allowsLocalhost: boolean, isSandbox = true) =>
    describeAccess({ origins, allowsLocalhost }, isSandbox).join('\n')
  it('names the origins and the switch for localhost', () => {
    expect(words(['https://a.example', 'https://b.example'], true)).toMatch(
      /origins {4}https:\/\/a\.example, https:\/\/b\.example\n.*localhost {2}allowed, at any port/,
    )
    expect(words(['https://a.example'], false)).toContain('localhost  not allowed')
  })
  it('says that the sandbox lets local pages in while there is no origin, and that real money does not', () => {
    expect(words([], false)).toMatch(/origins {4}none\n.*allowed in the sandbox until an origin is registered/)
    expect(words([], false, false)).toMatch(/origins {4}none\n.*not allowed/)
  })
})
