import { describe, expect, it } from 'vitest'
import { type CheckoutAction, type CheckoutState, initialState, isPaying, step } from './checkout-state.ts'

const session = {
  sessionId: 'cs_1',
  userKey: 'oc_sk_1',
  clientSecret: 'secret',
  checkoutUrl: 'https://pay.example',
  expiresAt: 1,
}
const opened: CheckoutAction = { type: 'opened', amount: null, userKey: null }
const inFrame: CheckoutAction = { type: 'session_opened', session, isInTab: false, isBlocked: false }
const inTab: CheckoutAction = { ...inFrame, isInTab: true }
const completed: CheckoutAction = { type: 'completed', balance: 1000, creditsAdded: 1000 }
const codeSent: CheckoutAction = { type: 'code_sent', loginId: 'lgn_1', email: 'a@b.co', isAgain: false }

const run = (actions: readonly CheckoutAction[]): CheckoutState => actions.reduce(step, initialState)

describe('step', () => {
  const paths: readonly (readonly [string, readonly CheckoutAction[], string, boolean])[] = [
    ['it begins by loading', [opened], 'loading', false],
    ['then the amount is asked for', [opened, { type: 'amount_wanted' }], 'amount', false],
    ['a form that is only shown is no payment', [opened, inFrame], 'payment', false],
    ['a form that was sent is one', [opened, inFrame, { type: 'submitted', isSubmitted: true }], 'payment', true],
    [
      'a decline ends it',
      [opened, inFrame, { type: 'submitted', isSubmitted: true }, { type: 'submitted', isSubmitted: false }],
      'payment',
      false,
    ],
    ['while the server is asked it goes on', [opened, inFrame, { type: 'confirming' }], 'payment', true],
    ['a tab that is open may be paying', [opened, inTab], 'waiting', true],
    ['a delayed payment needs no waiting', [opened, inTab, { type: 'processing' }], 'processing', false],
    ['the server says that it is paid', [opened, inFrame, { type: 'confirming' }, completed], 'success', false],
    ['also after a delay', [opened, inFrame, { type: 'processing' }, completed], 'success', false],
    [
      'a late answer to a session that was left changes nothing',
      [opened, inFrame, { type: 'amount_wanted' }, completed],
      'amount',
      false,
    ],
    [
      'success is not undone by a late failure',
      [opened, inFrame, completed, { type: 'failed', message: 'x' }],
      'success',
      false,
    ],
    [
      'a failure has a way back',
      [opened, inFrame, { type: 'failed', message: 'x' }, { type: 'amount_wanted' }],
      'amount',
      false,
    ],
    [
      'a code is asked for by e-mail',
      [opened, { type: 'amount_wanted' }, { type: 'login_wanted' }, codeSent],
      'code',
      false,
    ],
    [
      'a wrong code stays where it is',
      [opened, { type: 'login_wanted' }, codeSent, { type: 'code_refused', problem: 'wrong' }],
      'code',
      false,
    ],
    [
      'a code that is refused too late changes nothing',
      [opened, { type: 'amount_wanted' }, { type: 'code_refused', problem: 'wrong' }],
      'amount',
      false,
    ],
    ['opening again begins anew', [opened, inFrame, completed, opened], 'loading', false],
  ]
  it.each(paths)('%s', (_label, actions, screen, paying) => {
    const state = run(actions)
    expect([state.screen.name, isPaying(state)]).toEqual([screen, paying])
  })

  const user = { email: 'a@b.co', is_guest: false, balance: 1500 }
  const signedIn: readonly CheckoutAction[] = [{ type: 'user_known', user, userKey: 'oc_sk_2' }, { type: 'login_left' }]

  it('signs in from the success screen and leads back to it, with the account’s balance and key', () => {
    const state = run([opened, inFrame, completed, { type: 'login_wanted' }, codeSent, ...signedIn])
    expect(state.screen).toEqual({ name: 'success', balance: 1500, creditsAdded: 1000, userKey: 'oc_sk_2' })
  })
  it('leads back to the success screen also for who does not sign in after all', () =>
    expect(run([opened, inFrame, completed, { type: 'login_wanted' }, { type: 'login_left' }]).screen.name).toBe(
      'success',
    ))
  it('leads back to the amount for who came from there', () =>
    expect(run([opened, { type: 'amount_wanted' }, { type: 'login_wanted' }, codeSent, ...signedIn]).screen.name).toBe(
      'amount',
    ))

  it('loses nothing on the way back: what was chosen, what was typed', () => {
    const choice = { typed: '12,5' }
    const state = run([
      opened,
      { type: 'amount_wanted' },
      { type: 'chosen', choice },
      { type: 'session_wanted', amount: 12.5 },
      inFrame,
      { type: 'amount_wanted' },
      { type: 'login_wanted' },
      { type: 'email_typed', email: 'a@b' },
      { type: 'login_left' },
    ])
    expect(state).toMatchObject({ choice, email: 'a@b', amount: 12.5, screen: { name: 'amount', isCancelled: false } })
  })

  it('says that a payment was cancelled only to one who waits for it', () => {
    expect(run([opened, inTab, { type: 'cancelled' }]).screen).toMatchObject({ name: 'amount', isCancelled: true })
    expect(run([opened, inFrame, { type: 'cancelled' }]).screen.name).toBe('payment')
  })

  it('says that the credits are on their way only when the form is done and the server has answered', () => {
    const late: CheckoutAction = { type: 'late' }
    expect(run([opened, inFrame, late]).screen).toMatchObject({ isLate: false })
    expect(run([opened, inFrame, { type: 'confirming' }]).screen).toMatchObject({ isLate: false })
    expect(run([opened, inFrame, { type: 'confirming' }, late]).screen).toMatchObject({ isLate: true })
  })

  it('knows the balance after a purchase without asking again', () =>
    expect(run([opened, inFrame, completed]).user).toEqual({ email: null, is_guest: true, balance: 1000 }))

  it('keeps the key of the session, so that the next purchase tops the same wallet up', () =>
    expect(run([opened, inFrame]).userKey).toBe('oc_sk_1'))

  it('asks before closing, and forgets the question when something happens', () => {
    expect(run([opened, inTab, { type: 'close_asked' }]).isAskingToClose).toBe(true)
    expect(run([opened, inTab, { type: 'close_asked' }, { type: 'close_cancelled' }]).isAskingToClose).toBe(false)
    expect(run([opened, inTab, { type: 'close_asked' }, completed]).isAskingToClose).toBe(false)
  })
})
