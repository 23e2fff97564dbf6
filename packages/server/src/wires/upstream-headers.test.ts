import { expect, it } from 'vitest'
import { pickHeaders } from './upstream-headers.ts'

it('what is on the list goes along byte for byte, and nothing else', () => {
  const headers = { 'anthropic-beta': 'a-2025,  b', 'x-stainless-os': 'Linux', cookie: 'c', authorization: 'Bearer x' }
  expect(pickHeaders(headers, ['anthropic-beta', 'x-stainless-*'])).toEqual({
    'anthropic-beta': 'a-2025,  b',
    'x-stainless-os': 'Linux',
  })
})

it.each(['oc_sk_abc', 'Bearer oc_sk_abc', 'a,oc_rk_abc'])(
  'a key of ours goes nowhere, wherever it stands: %s',
  (value) => {
    expect(pickHeaders({ 'anthropic-beta': value }, ['anthropic-*'])).toEqual({})
  },
)
