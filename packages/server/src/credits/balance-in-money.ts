import type { CurrencyConfig } from '../config.ts'
import type { Microcredits } from '../kernel/microcredits.ts'

/** Rounded down to the currency's minor unit: a balance is never shown larger than it is. */
export function balanceInMoney(amount: Microcredits, currency: CurrencyConfig): number {
  const scale = 10n ** BigInt(currency.minorUnitDigits)
  const scaled = BigInt(amount) * scale
  const rate = BigInt(currency.microcreditsPerMajorUnit)
  const floor = scaled >= 0n || scaled % rate === 0n ? scaled / rate : scaled / rate - 1n
  return Number(floor) / Number(scale)
}
