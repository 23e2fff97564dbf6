/** Stripe's minor units, which are not those of ISO 4217 everywhere. https://docs.stripe.com/currencies */
const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))
/** Two digits in the API that must be `00`. */
const wholeOnly = new Set('isk ugx'.split(' '))

const known = new Set(
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw'.split(
    ' ',
  ),
)

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const minima: Readonly<Record<string, number>> = {
  aed: 200,
  bgn: 100,
  czk: 1500,
  dkk: 250,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  mxn: 1000,
  myr: 200,
  nok: 300,
  pln: 200,
  ron: 200,
  sek: 300,
  thb: 1000,
}
const usualMinimum = 50
const maxima: Readonly<Record<string, number>> = { idr: 999_999_999_999, cop: 9_999_999_999, inr: 999_999_999 }
const usualMaximum = 99_999_999

export interface AmountProblem {
  readonly message: string
  readonly code?: 'amount_too_small' | 'amount_too_large'
}

export function isKnownCurrency(code: string): boolean {
  return known.has(code)
}

/** @param amount in Stripe's minor units. @returns why it cannot be charged, or null. */
export function findAmountProblem(amount: number, currency: string): AmountProblem | null {
  const min = minima[currency] ?? usualMinimum
  const max = maxima[currency] ?? usualMaximum
  if (amount < min)
    return {
      message: `The Checkout Session's total amount due must add up to at least ${formatAmount(min, currency)}.`,
      code: 'amount_too_small',
    }
  if (amount > max)
    return {
      message: `The Checkout Session's total amount due must be no more than ${formatAmount(max, currency)}.`,
      code: 'amount_too_large',
    }
  if (wholeOnly.has(currency) && amount % 100 !== 0)
    return { message: `Invalid amount for ${currency}: it must be divisible by 100.` }
  if (threeDecimal.has(currency) && amount % 10 !== 0)
    return { message: `Invalid amount for ${currency}: the last digit must be 0.` }
  return null
}

/** `$10.00`, `¥1,000`, `10,00 €`: what people read. */
export function formatAmount(amount: number, currency: string, locale = 'en-US'): string {
  const digits = zeroDecimal.has(currency) ? 0 : threeDecimal.has(currency) ? 3 : 2
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits)
}
