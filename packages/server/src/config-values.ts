import { resolve } from 'node:path'
import { z } from 'zod'
import type { CurrencyConfig } from './config.ts'
import type { FileStoreAddress } from './files/open-file-store.ts'
import { parseScaledDecimal } from './kernel/microcredits.ts'
import { minorUnitDigitsOf } from './kernel/minor-unit-digits.ts'
import type { DatabaseAddress } from './store/open-database.ts'

/** How each kind of environment variable is read. The messages name what was expected; none repeats a secret. */

export const integer = (min: number, max: number) =>
  z.string().transform((text, context) => {
    const value = Number(text)
    if (/^\d+$/.test(text.trim()) && value >= min && value <= max) return value
    context.addIssue({ code: 'custom', message: `expected a whole number from ${min} to ${max}, got "${text}"` })
    return z.NEVER
  })

export const pepper = z.string().min(16, 'expected at least 16 characters')

export const httpUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return text.replace(/\/+$/, '')
  context.addIssue({ code: 'custom', message: `expected a URL such as https://host, got "${text}"` })
  return z.NEVER
})

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

/** Some of these names, comma-separated. */
export const namesOf = <Name extends string>(names: readonly Name[]) =>
  list.transform((items, context): readonly Name[] => {
    const wrong = items.find((item) => !names.some((name) => name === item))
    if (wrong === undefined) return names.filter((name) => items.includes(name))
    context.addIssue({ code: 'custom', message: `expected ${names.join(' or ')}, comma-separated; got "${wrong}"` })
    return z.NEVER
  })

/** E-mail addresses, lower case. */
export const emails = list.transform((addresses, context) => {
  const wrong = addresses.find((address) => !z.email().safeParse(address).success)
  if (wrong === undefined) return addresses.map((address) => address.toLowerCase())
  context.addIssue({ code: 'custom', message: `expected e-mail addresses, comma-separated; ${wrong} is none` })
  return z.NEVER
})

export const currencies = z.string().transform((text, context) => {
  const parsed: CurrencyConfig[] = []
  for (const item of text.split(',')) {
    const [code = '', rate = ''] = item.split('=').map((part) => part.trim())
    const scaled = parseScaledDecimal(rate, 6)
    if (
      !/^[a-z]{3}$/i.test(code) ||
      !isKnownCurrency(code) ||
      scaled === null ||
      scaled <= 0n ||
      parsed.some((one) => one.code === code.toLowerCase())
    ) {
      context.addIssue({
        code: 'custom',
        message: `expected pairs like usd=100,eur=108 (credits per major unit), got "${item.trim()}"`,
      })
      return z.NEVER
    }
    parsed.push({
      code: code.toLowerCase(),
      microcreditsPerMajorUnit: Number(scaled),
      minorUnitDigits: minorUnitDigitsOf(code),
    })
  }
  return parsed
})

export const database = z.string().transform((text, context): DatabaseAddress => {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return { engine: 'postgres', location: text }
  if (text.startsWith('sqlite:') && text.length > 'sqlite:'.length) {
    const path = text.slice('sqlite:'.length)
    return { engine: 'sqlite', location: path === ':memory:' ? path : resolve(path) }
  }
  // A connection string may hold a password: it is never repeated in the message.
  context.addIssue({ code: 'custom', message: 'expected sqlite:PATH or postgres://…' })
  return z.NEVER
})

/** Where the bytes of clients' files are. */
export const fileStore = z.string().transform((text, context): FileStoreAddress => {
  if (text === 'postgres:') return { kind: 'postgres' }
  if (text.startsWith('file:') && text.length > 'file:'.length && !text.startsWith('file://'))
    return { kind: 'folder', path: resolve(text.slice('file:'.length)) }
  context.addIssue({ code: 'custom', message: `expected file:FOLDER or postgres:, got "${text}"` })
  return z.NEVER
})

export const basisPoints = z.string().transform((text, context) => {
  const scaled = parseScaledDecimal(text, 4)
  if (scaled !== null && scaled >= 0n && scaled <= 10_000n) return Number(scaled)
  context.addIssue({ code: 'custom', message: `expected a rate from 0 to 1 with at most four decimals, got "${text}"` })
  return z.NEVER
})

export function defaultCurrencies(): CurrencyConfig[] {
  return [
    { code: 'usd', microcreditsPerMajorUnit: 100_000_000, minorUnitDigits: 2 },
    { code: 'eur', microcreditsPerMajorUnit: 108_000_000, minorUnitDigits: 2 },
  ]
}

function isKnownCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code.toUpperCase())
}
