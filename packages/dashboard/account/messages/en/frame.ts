/** Whose page it is. */
export const frameEn = {
  accountTitle: 'Your account',
  toOverview: 'Go to your account',
  emailHint: 'We send you a code. No password is needed, and a new address opens an account.',
  signInFoot: 'Your credits, what they were spent on, and which apps may spend them.',
} as const
