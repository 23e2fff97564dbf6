import { ApiFailure, callApi, type TestPaymentAct, type TestPaymentResponse } from '@opencredits/protocol'
import type { TargetedSubmitEvent } from 'preact'
import { useState } from 'preact/hooks'
import { Problem } from '../screens/problem.tsx'

const outcomes = {
  pay: ['Succeeds', 'Paid at once.'],
  decline: ['Is declined', 'Another try can succeed.'],
  succeeds_later: ['Succeeds later', 'Processing for ten seconds, then paid.'],
  fails_later: ['Fails later', 'Processing for ten seconds, then not paid.'],
  expire: ['Page expires', 'As if nobody paid in time.'],
} as const
type Outcome = keyof typeof outcomes
const outcomeNames = ['pay', 'decline', 'succeeds_later', 'fails_later', 'expire'] as const

const declines: Readonly<Record<string, string>> = {
  generic_decline: 'The card was declined.',
  insufficient_funds: 'The card has insufficient funds.',
  lost_card: 'The card was reported lost.',
  expired_card: 'The card has expired.',
  incorrect_cvc: 'The security code is wrong.',
  processing_error: 'The bank made an error.',
}

export interface TestPaymentProps {
  readonly sessionId: string
  /** `$10`, as the button says it. */
  readonly money: string
  readonly email: string
  /** It was sent, or it expired: what came of it is the server's to say. */
  onSent(): void
  onBusy(isBusy: boolean): void
  onDeclined(): void
}

/**
 * What the built-in page asks instead of a card: what is to happen. For developers, so it is in English. It looks like a
 * form of the checkout, and is one: `useTestPayment` has its fields and its button.
 */
export function useTestPayment(props: TestPaymentProps) {
  const [outcome, setOutcome] = useState<Outcome>('pay')
  const [code, setCode] = useState('insufficient_funds')
  const [email, setEmail] = useState(props.email)
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  const send = async () => {
    setProblem(null)
    setBusy(true)
    props.onBusy(true)
    try {
      const body = JSON.stringify(actOf(outcome, { code, email: email.trim() || null }))
      const path = `/checkout/test-payments/${encodeURIComponent(props.sessionId)}`
      const answer = await callApi<TestPaymentResponse>(path, { method: 'POST', body })
      if (outcome !== 'decline') return props.onSent()
      setProblem(declines[answer.declined_as ?? ''] ?? 'The payment was declined.')
      props.onDeclined()
    } catch (error) {
      // It has ended otherwise, in another tab perhaps: the server says how.
      if (error instanceof ApiFailure && error.code === 'conflict') return props.onSent()
      setProblem('That did not work. Check your connection and try again.')
    }
    setBusy(false)
    props.onBusy(false)
  }
  return {
    submit: (event: TargetedSubmitEvent<HTMLFormElement>) => {
      event.preventDefault()
      if (!isBusy) void send()
    },
    fields: (
      <>
        <p class="soft">No card is asked for and no money moves. Choose what happens.</p>
        <fieldset class="outcomes">
          <legend class="visually-hidden">What happens</legend>
          {outcomeNames.map((name) => (
            <label class="check" key={name}>
              <input type="radio" name="outcome" checked={name === outcome} onChange={() => setOutcome(name)} />
              <span>
                <strong>{outcomes[name][0]}</strong> <span class="soft">{outcomes[name][1]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {outcome === 'decline' ? (
          <label class="field">
            <span>Decline code</span>
            <select value={code} onChange={(event) => setCode(event.currentTarget.value)}>
              {Object.keys(declines).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        ) : (
          <label class="field">
            <span>Email for the receipt, which is not sent</span>
            <input
              type="email"
              dir="ltr"
              autoComplete="off"
              value={email}
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
          </label>
        )}
        <Problem id="test-problem" text={problem} />
      </>
    ),
    button: (
      <button type="submit" class="primary" aria-disabled={isBusy} aria-busy={isBusy}>
        <span key={isBusy}>{isBusy ? 'Sending…' : labelOf(outcome, props.money)}</span>
      </button>
    ),
  }
}

function actOf(
  outcome: Outcome,
  { code, email }: { readonly code: string; readonly email: string | null },
): TestPaymentAct {
  switch (outcome) {
    case 'pay':
      return { action: 'pay', email }
    case 'succeeds_later':
    case 'fails_later':
      return { action: 'pay_later', succeeds: outcome === 'succeeds_later', email }
    case 'decline':
      return { action: 'decline', code }
    case 'expire':
      return { action: 'expire' }
  }
}

function labelOf(outcome: Outcome, money: string): string {
  return outcome === 'expire' ? 'Let the page expire' : `Pay ${money} in test mode`
}
