import type { CheckoutCurrency } from '@opencredits/protocol'

export type ParsedAmount =
  | { readonly amount: number; readonly problem: null }
  | { readonly amount: null; readonly problem: 'invalid' | 'decimals' | 'range' }

/** Reads what a person typed: `20`, `9.99`, `9,99`, with or without a currency sign. Major units. */
export function parseAmount(text: string, currency: CheckoutCurrency): ParsedAmount {
  const plain = text.replace(/[\s\p{Sc}]/gu, '').replace(/^(\d+),(\d{1,3})$/, '$1.$2')
  const match = /^(\d{1,9})(?:\.(\d*))?$/.exec(plain)
  if (match === null) return { amount: null, problem: 'invalid' }
  if ((match[2] ?? '').length > currency.minorUnitDigits) return { amount: null, problem: 'decimals' }
  const amount = Number(plain)
  if (amount < currency.amountMin || amount > currency.amountMax) return { amount: null, problem: 'range' }
  return { amount, problem: null }
}
