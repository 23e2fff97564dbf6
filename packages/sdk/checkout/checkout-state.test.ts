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
const completed: CheckoutAction = { type: 'completed', balance: 1000, creditsAdded: 1000, emailHint: 'a•••@b.co' }
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
      [opened, { type: 'login_wanted' }, codeSent, { type: 'asked' }, { type: 'refused', problem: 'wrong' }],
      'code',
      false,
    ],
    [
      'a code that is refused too late changes nothing',
      [opened, { type: 'amount_wanted' }, { type: 'refused', problem: 'wrong' }],
      'amount',
      false,
    ],
    ['opening again begins anew', [opened, inFrame, completed, opened], 'loading', false],
  ]
  it.each(paths)('%s', (_label, actions, screen, paying) => {
    const state = run(actions)
    expect([state.screen.name, isPaying(state)]).toEqual([screen, paying])
  })

  const claim = { purchase_id: 'pur_1', app_name: 'Other', credits: 500, amount: 5, currency: 'usd', purchased_at: 1 }
  const signedIn = (claims: readonly (typeof claim)[] = []): CheckoutAction => ({
    type: 'signed_in',
    ...{ userKey: 'oc_sk_2', balance: 1500, email: 'a@b.co', claims },
  })
  const consent: CheckoutAction = {
    type: 'consent_wanted',
    consent: {
      ...{ consentId: 'cst_1', email: 'a@b.co', balance: 1240 },
      suggested: { budget: 500, window: 'month', models: null, expires_at: null },
    },
  }
  const limited: CheckoutAction = { type: 'limit_reached', limit: { budget: 500, window: 'month' } }
  const amount: CheckoutAction = { type: 'amount_wanted' }
  const login: CheckoutAction = { type: 'login_wanted' }
  const left: CheckoutAction = { type: 'login_left' }
  const other = { ...claim, purchase_id: 'pur_2' }
  const answered: CheckoutAction = { type: 'claim_answered', purchaseIds: ['pur_1'] }
  const asked: CheckoutAction = { type: 'asked' }

  const signIns: readonly (readonly [string, readonly CheckoutAction[], string])[] = [
    ['where the app is connected, it ends where it began', [amount, login, codeSent, signedIn()], 'amount'],
    ['on the success screen too', [inFrame, completed, login, codeSent, signedIn()], 'success'],
    ['a code inline leads back to the same screen', [inFrame, completed, codeSent, asked, signedIn()], 'success'],
    ['a limit is returned to', [limited, login, codeSent, signedIn()], 'limit'],
    ['who does not sign in after all goes back to what was bought', [inFrame, completed, login, left], 'success'],
    ['and to the limit', [limited, login, left], 'limit'],
    ['a new app is asked for first', [amount, login, codeSent, consent], 'consent'],
    ['*Not now* leads back', [amount, login, codeSent, consent, left], 'amount'],
    ['*Not now* after a purchase leads back to it', [inFrame, completed, codeSent, consent, left], 'success'],
    ['earlier purchases are offered', [amount, login, codeSent, signedIn([claim])], 'claim'],
    ['one after the other', [amount, login, codeSent, signedIn([claim, other]), answered], 'claim'],
    ['then it goes on', [amount, login, codeSent, consent, signedIn([claim]), answered], 'amount'],
    ['a purchase before that is not forgotten', [inFrame, completed, codeSent, signedIn([claim]), answered], 'success'],
    ['an answer that comes after the checkout was closed shows nothing', [signedIn([claim])], 'loading'],
    ['a key at its limit takes the place of the untouched amounts', [amount, limited], 'limit'],
    ['but not of what has been chosen', [amount, { type: 'chosen', choice: { offer: 5 } }, limited], 'amount'],
    ['nor of a payment', [inFrame, limited], 'payment'],
    ['a guest has no limit to raise', [{ type: 'limit_reached', limit: null }, { type: 'limit_denied' }], 'amount'],
    ['*Not now* at a limit leads to the amounts', [limited, amount], 'amount'],
  ]
  it.each(signIns)('%s', (_label, actions, screen) => expect(run([opened, ...actions]).screen.name).toBe(screen))

  it('shows the account’s key and balance after saving, and asks for no code again', () => {
    const { success, accountEmail, user } = run([opened, inFrame, completed, codeSent, asked, signedIn()])
    expect(success).toMatchObject({ balance: 1500, userKey: 'oc_sk_2', emailHint: null, loginId: null, isBusy: false })
    expect([accountEmail, user?.is_guest]).toEqual(['a@b.co', false])
  })
  it('keeps a code that was refused inline on the success screen', () => {
    const { screen } = run([opened, inFrame, completed, codeSent, asked, { type: 'refused', problem: 'wrong' }])
    expect(screen).toMatchObject({ name: 'success', loginId: 'lgn_1', problem: 'wrong', isBusy: false })
  })
  it('gives the app what is bought unless the user says otherwise', () => {
    expect(run([opened]).allowsApp).toBe(true)
    expect(run([opened, { type: 'app_allowed', isAllowed: false }, inFrame]).allowsApp).toBe(false)
  })

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
