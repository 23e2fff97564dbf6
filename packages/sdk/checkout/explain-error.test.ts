import { ApiFailure } from '@opencredits/protocol'
import { describe, expect, it } from 'vitest'
import { explainError } from './explain-error.ts'
import { createTranslate, english } from './messages/translate.ts'

const translate = createTranslate(english, 'en')
const raw = 'amount: expected from $1.00 to $1,000.00 (req_123)'

describe('explainError', () => {
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['nothing came back', new ApiFailure('network_error', { status: 0 }), /connection was lost/],
    ['a bug of ours', new TypeError('x is undefined'), /connection was lost/],
    ['an amount', new ApiFailure('invalid_request', { status: 400, param: 'amount', message: raw }), /amount cannot/],
    ['an e-mail', new ApiFailure('invalid_request', { status: 400, param: 'email', message: raw }), /email address/],
    ['another field', new ApiFailure('invalid_request', { status: 400, param: 'locale', message: raw }), /our side/],
    ['Stripe is away', new ApiFailure('payments_unavailable', { status: 503, message: raw }), /not available/],
    ['too often, by minutes', new ApiFailure('rate_limited', { status: 429, retryAfter: 61 }), /again in 2 minutes/],
    ['too often, by seconds', new ApiFailure('rate_limited', { status: 429, retryAfter: 5 }), /again in 1 minute\./],
    ['a code that nobody knows yet', new ApiFailure('brand_new_code', { status: 418, message: raw }), /our side/],
  ]
  it.each(cases)('%s', (_label, error, words) => {
    const text = explainError(error, translate)
    expect(text).toMatch(words)
    expect(text).not.toContain('req_')
    expect(text).not.toContain('expected')
  })
})
