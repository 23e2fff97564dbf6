/** All that mails say in one language. `{app}`, `{code}`, `{name}`, `{percent}`, `{host}` and `{credits}` are filled in. */
export interface MailWords {
  readonly code: {
    readonly subject: string
    readonly intro: string
    /** Where it may be typed: an app that shows a field of its own is told off. */
    readonly where: string
    readonly lifetime: string
    readonly ignore: string
  }
  readonly receipt: {
    readonly subject: string
    readonly intro: string
    /** To a guest: why to add the credits to an account. */
    readonly guest: string
    /** The button that adds them. */
    readonly claim: string
    readonly once: string
    /** Stripe's page. */
    readonly payment: string
    readonly account: string
  }
  readonly newApp: {
    readonly subject: string
    readonly intro: string
    readonly unknown: string
    readonly button: string
  }
  readonly lowBalance: { readonly subject: string; readonly intro: string; readonly button: string }
  readonly emptyBalance: { readonly subject: string; readonly intro: string; readonly button: string }
  readonly keyBudget: { readonly subject: string; readonly intro: string; readonly button: string }
  readonly newSignIn: {
    readonly subject: string
    readonly intro: string
    readonly unknown: string
    readonly button: string
  }
  /** What is said of figures. */
  readonly labels: {
    readonly app: string
    readonly credits: string
    readonly paid: string
    readonly balance: string
    readonly limit: string
    readonly used: string
    readonly device: string
    readonly address: string
    readonly time: string
  }
  readonly limits: {
    readonly none: string
    readonly total: string
    readonly day: string
    readonly week: string
    readonly month: string
  }
  /** At the end of notifications, a link to the settings. */
  readonly settings: string
}
