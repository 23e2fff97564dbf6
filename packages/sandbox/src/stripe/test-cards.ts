export type CardOutcome = 'succeeds' | 'declined' | 'needs_authentication' | 'delayed_succeeds' | 'delayed_fails'

export interface TestCard {
  readonly number: string
  readonly brand: 'visa' | 'mastercard'
  readonly outcome: CardOutcome
  /** What the form tells when it does not pay. */
  readonly message: string
  /** Stripe's `decline_code`. */
  readonly declineCode: string | null
  readonly errorCode: string
}

const card = (number: string, outcome: CardOutcome, rest: Partial<TestCard> = {}): TestCard => ({
  number,
  brand: 'visa',
  outcome,
  message: '',
  declineCode: null,
  errorCode: 'card_declined',
  ...rest,
})

const declined = 'Your card was declined.'

/**
 * Stripe's own test cards (https://docs.stripe.com/testing), where the last two stand for methods that pay days later,
 * such as a bank debit: Stripe has no card that does so.
 */
export const testCards: readonly TestCard[] = [
  card('4242424242424242', 'succeeds'),
  card('5555555555554444', 'succeeds', { brand: 'mastercard' }),
  card('4000000000000002', 'declined', { message: declined, declineCode: 'generic_decline' }),
  card('4000000000009995', 'declined', {
    message: 'Your card has insufficient funds.',
    declineCode: 'insufficient_funds',
  }),
  card('4000000000009987', 'declined', { message: declined, declineCode: 'lost_card' }),
  card('4000000000000069', 'declined', { message: 'Your card has expired.', errorCode: 'expired_card' }),
  card('4000000000000127', 'declined', {
    message: "Your card's security code is incorrect.",
    errorCode: 'incorrect_cvc',
  }),
  card('4000002500003155', 'needs_authentication'),
  card('4000000000000077', 'delayed_succeeds'),
  card('4000000000000093', 'delayed_fails'),
]

/** As in Stripe's test mode, a number that is no test card is declined. */
export function findTestCard(number: string): TestCard {
  const digits = number.replace(/\D/g, '')
  return (
    testCards.find((one) => one.number === digits) ??
    card(digits, 'declined', {
      message: 'Your card was declined. This sandbox takes test cards only.',
      declineCode: 'test_mode_live_card',
    })
  )
}
