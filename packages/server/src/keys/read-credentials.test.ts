import { describe, expect, it } from 'vitest'
import { readCredentials } from './read-credentials.ts'

describe('readCredentials', () => {
  const cases: readonly (readonly [string, Record<string, string>, Partial<ReturnType<typeof readCredentials>>])[] = [
    ['takes X-User-Key', { 'x-user-key': 'oc_sk_a' }, { payingKey: 'oc_sk_a' }],
    ['takes a Bearer', { authorization: 'Bearer oc_sk_a' }, { payingKey: 'oc_sk_a' }],
    ['takes a bearer in lower case and white space', { authorization: ' bearer   oc_sk_a ' }, { payingKey: 'oc_sk_a' }],
    ['takes x-api-key', { 'x-api-key': '\toc_sk_a ' }, { payingKey: 'oc_sk_a' }],
    [
      'takes the same key twice',
      { 'x-api-key': 'oc_sk_a', authorization: 'Bearer oc_sk_a' },
      { payingKey: 'oc_sk_a', foreignCredential: null },
    ],
    [
      'sees a credential that is not ours',
      { 'x-api-key': 'oc_sk_a', authorization: 'Bearer sk-ant' },
      { payingKey: 'oc_sk_a', foreignCredential: 'authorization' },
    ],
    [
      'does not take another service’s key for ours',
      { authorization: 'Bearer sk-ant' },
      { payingKey: null, foreignCredential: 'authorization' },
    ],
    ['takes whatever stands in our own header for ours', { 'x-user-key': 'sk-ant' }, { payingKey: 'sk-ant' }],
    [
      'keeps the pass-through key apart',
      { 'x-opencredits-key': 'Bearer oc_sk_a', 'x-api-key': 'sk-ant' },
      { payingKey: null, passThroughKey: 'oc_sk_a', foreignCredential: 'x-api-key' },
    ],
    [
      'finds nothing in nothing',
      { authorization: 'Bearer ', 'x-user-key': ' ' },
      { payingKey: null, passThroughKey: null, foreignCredential: null },
    ],
  ]
  for (const [label, headers, expected] of cases)
    it(label, () => expect(readCredentials(headers)).toMatchObject(expected))

  it('refuses two different keys that would pay', () =>
    expect(() => readCredentials({ 'x-user-key': 'oc_sk_a', authorization: 'Bearer oc_sk_b' })).toThrow(
      /two different/,
    ))
})
