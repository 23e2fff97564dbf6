/**
 * Stripe's prefix has at most ten characters, two more part it from the suffix, and all of it has at most 22: ten fit behind
 * every prefix. https://docs.stripe.com/get-started/account/statement-descriptors
 */
export const statementSuffixMax = 10

/** Why Stripe would refuse a text behind the operator's name on the buyer's card statement; null: it takes it. */
export function statementSuffixProblem(text: string): 'too_long' | 'characters' | 'no_letter' | null {
  if (text.length > statementSuffixMax) return 'too_long'
  // Latin characters without < > \ ' " *: of those, what every bank prints.
  if (!/^[A-Za-z0-9 .,&+/#()!:_@-]*$/.test(text)) return 'characters'
  return /[A-Za-z]/.test(text) ? null : 'no_letter'
}
