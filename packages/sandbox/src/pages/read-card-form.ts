import { type Fields, textOf } from '../json.ts'

export interface CardForm {
  readonly email: string
  readonly card: string
  readonly expiry: string
  readonly cvc: string
}

export interface FormProblem {
  readonly field: keyof CardForm
  readonly message: string
}

export function readCardForm(fields: Fields): CardForm {
  const text = (name: string) => (textOf(fields[name]) ?? '').trim()
  return { email: text('email'), card: text('card'), expiry: text('expiry'), cvc: text('cvc') }
}

/** What a person would have to mend before a bank is asked. @param nowMs to tell a card that has run out */
export function findFormProblem(form: CardForm, nowMs: number): FormProblem | null {
  if (form.email !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(form.email))
    return { field: 'email', message: 'Your email is incomplete.' }
  const digits = form.card.replace(/[\s-]/g, '')
  if (!/^\d{14,19}$/.test(digits)) return { field: 'card', message: 'Your card number is incomplete.' }
  if (!hasValidChecksum(digits)) return { field: 'card', message: 'Your card number is invalid.' }
  const [, month, year] = /^(\d{1,2})\s*\/?\s*(\d{4}|\d{2})$/.exec(form.expiry) ?? []
  if (month === undefined || year === undefined || Number(month) < 1 || Number(month) > 12)
    return { field: 'expiry', message: "Your card's expiration date is incomplete." }
  if (isPast(Number(month), Number(year.slice(-2)), nowMs))
    return { field: 'expiry', message: "Your card's expiration date is in the past." }
  if (!/^\d{3,4}$/.test(form.cvc)) return { field: 'cvc', message: "Your card's security code is incomplete." }
  return null
}

/** Luhn's sum. */
function hasValidChecksum(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

/** A card is good to the end of its month. */
function isPast(month: number, year: number, nowMs: number): boolean {
  return Date.UTC(2000 + year, month, 1) <= nowMs
}
