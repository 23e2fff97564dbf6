import { describe, expect, it } from 'vitest'
import { findFormProblem, readCardForm } from './read-card-form.ts'

const nowMs = Date.UTC(2026, 10, 21)
const good = { email: 'ada@example.com', card: '4242 4242 4242 4242', expiry: '12 / 34', cvc: '123' }

describe('findFormProblem', () => {
  it.each([
    ['spaces and dashes', { card: '4242-4242 4242-4242' }],
    ['no e-mail', { email: '' }],
    ['a bare expiry', { expiry: '1234' }],
    ['a year of four digits', { expiry: '1/2034' }],
    ['a card in its last month', { expiry: '11/26' }],
    ['four digits of CVC', { cvc: '1234' }],
  ])('takes %s', (_label, change) => expect(findFormProblem({ ...good, ...change }, nowMs)).toBeNull())

  it.each([
    ['half an e-mail', { email: 'ada@' }, 'email', 'Your email is incomplete.'],
    ['no number', { card: '' }, 'card', 'Your card number is incomplete.'],
    ['a short number', { card: '4242' }, 'card', 'Your card number is incomplete.'],
    ['a mistyped number', { card: '4242424242424241' }, 'card', 'Your card number is invalid.'],
    ['no expiry', { expiry: '' }, 'expiry', "Your card's expiration date is incomplete."],
    ['month 13', { expiry: '13/34' }, 'expiry', "Your card's expiration date is incomplete."],
    ['the month before', { expiry: '10/26' }, 'expiry', "Your card's expiration date is in the past."],
    ['a short CVC', { cvc: '12' }, 'cvc', "Your card's security code is incomplete."],
  ])('refuses %s', (_label, change, field, message) =>
    expect(findFormProblem({ ...good, ...change }, nowMs)).toEqual({ field, message }),
  )
})

describe('readCardForm', () => {
  it('takes only text', () => {
    expect(readCardForm({ card: ' 1 ', cvc: 5, email: null })).toEqual({ email: '', card: '1', expiry: '', cvc: '' })
  })
})
