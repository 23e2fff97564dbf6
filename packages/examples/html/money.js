/** 100 credits are one dollar. */
const creditsPerDollar = 100

const upTo = (digits) => new Intl.NumberFormat('en-US', { maximumFractionDigits: digits })
const dollars = (digits) =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: digits })

/** `2.19 credits ($0.03)`, or `0.09 credits (less than $0.01)`: rounded up, so that no cost is shown smaller than it is. */
export function formatCharge(credits) {
  const cents = Math.ceil(credits - 1e-9)
  return `${formatCost(credits)} (${credits < 1 ? 'less than $0.01' : dollars(2).format(cents / creditsPerDollar)})`
}

/** The same without dollars, where there is little room. */
export function formatCost(credits) {
  const shown = Math.ceil(credits * 100 - 1e-9) / 100
  return `${upTo(2).format(shown)} ${shown === 1 ? 'credit' : 'credits'}`
}

/** A balance, rounded down, so that it is never shown larger than it is. */
export function formatBalance(credits) {
  return `${upTo(2).format(Math.floor(credits * 100 + 1e-9) / 100)} credits`
}

/** Every digit that the ledger has: six of a credit. */
export const formatExact = (credits) => upTo(6).format(credits)

/** Small earnings are still earnings: as many digits as it takes. */
export const formatEarned = (credits, digits = 4) => dollars(digits).format(credits / creditsPerDollar)
