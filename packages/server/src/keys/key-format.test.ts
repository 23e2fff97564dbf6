import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kindOfSecret, lastFourOf, newSecret, readSecret, secretFromBytes } from './key-format.ts'

describe('kindOfSecret', () => {
  it('knows every new secret by its kind', () => {
    for (const kind of ['pk', 'sk', 'rk'] as const) expect(kindOfSecret(newSecret(kind, true))).toBe(kind)
  })

  it('finds every typo of one character', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.nat(48),
        fc.constantFrom(...'0aZ9kQ'),
        (bytes, at, letter) => {
          const secret = secretFromBytes({ kind: 'sk', livemode: true }, bytes)
          const index = 'oc_sk_'.length + at
          const typo = secret.slice(0, index) + letter + secret.slice(index + 1)
          expect(kindOfSecret(typo)).toBe(typo === secret ? 'sk' : null)
        },
      ),
    )
  })

  it('tells test keys from live ones, and a live key does not become a test key by its prefix', () => {
    for (const kind of ['pk', 'sk', 'rk'] as const) {
      const secret = newSecret(kind, false)
      expect(secret.startsWith(`oc_${kind}_test_`)).toBe(true)
      expect(readSecret(secret)).toEqual({ kind, livemode: false })
      expect(readSecret(newSecret(kind, true))).toEqual({ kind, livemode: true })
      expect(readSecret(secret.replace('_test_', '_'))).toBeNull()
      expect(readSecret(newSecret(kind, true).replace(`_${kind}_`, `_${kind}_test_`))).toBeNull()
    }
  })

  it('does not take one kind for another', () =>
    expect(kindOfSecret(newSecret('sk', true).replace('_sk_', '_pk_'))).toBeNull())

  it('refuses what only looks alike', () => {
    for (const text of ['', 'oc_sk_', 'sk-ant-123', `${newSecret('sk', true)}0`, ` ${newSecret('sk', true)}`])
      expect(kindOfSecret(text)).toBeNull()
  })
})

describe('newSecret', () => {
  it('never repeats and has one length', () => {
    const secrets = new Set(Array.from({ length: 500 }, () => newSecret('sk', true)))
    expect(secrets.size).toBe(500)
    expect(new Set([...secrets].map((secret) => secret.length))).toEqual(new Set([55]))
  })
  it('shows its last four', () => expect(lastFourOf('oc_sk_abcdWXYZ')).toBe('WXYZ'))
})
