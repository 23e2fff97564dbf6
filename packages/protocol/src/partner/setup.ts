/** `GET /v1/partner/setup`: how far an app has come, in one world. Times are seconds since 1970. */
export interface PartnerSetup {
  readonly app: string
  readonly livemode: boolean
  /** In the order in which one does them. */
  readonly checks: readonly PartnerSetupCheck[]
  /** With what the snippets are filled in. */
  readonly snippet: PartnerSnippetValues
  /** How the test world is paid: on a page of ours, which asks for no card, or at Stripe with test cards. Null in the live world. */
  readonly test_payment: 'built_in' | 'stripe' | null
  readonly go_live: PartnerGoLive
}

export type PartnerSetupStep = 'origin' | 'sdk' | 'purchase' | 'call' | 'webhook'

export interface PartnerSetupCheck {
  readonly step: PartnerSetupStep
  /** Null while it is not done. */
  readonly done_at: number | null
  /** What to do, in words; null once it is done. */
  readonly missing: string | null
  /** The page of the console where it is done, or where the answer is; null where it is done elsewhere. */
  readonly link: string | null
}

export interface PartnerSnippetValues {
  readonly publishable_key: string
  /** Of this installation, without a slash at its end. */
  readonly base_url: string
  /** Where the page is served: the first registered origin, or a page on one's own machine. */
  readonly origin: string
  readonly model: string
}

/** What it takes to take real money with the same page. */
export interface PartnerGoLive {
  /** The one key to change. */
  readonly publishable_key: string
  /** Empty: it can be done now. */
  readonly missing: readonly {
    readonly what: 'approval' | 'origin' | 'payments'
    readonly message: string
    readonly link: string | null
  }[]
}

/**
 * `GET /v1/partner/setup/log?after&limit`: what the server has seen of an app in the last seven days, newest first. What
 * was seen several times is one entry.
 */
export interface PartnerSetupEntry {
  readonly id: string
  readonly kind: PartnerSetupKind
  /** What it is about, as the kind says: an origin, an error code, a model, a status. */
  readonly subject: string
  readonly times: number
  readonly first_at: number
  readonly last_at: number
  readonly level: 'good' | 'info' | 'problem'
  /** What happened, in words. */
  readonly message: string
  /** What to do about it; null where there is nothing to do. */
  readonly advice: string | null
  /** The origin that was refused and can be added to the app; null otherwise. */
  readonly allow_origin: string | null
}

export type PartnerSetupKind =
  | 'page_seen'
  | 'checkout_shown'
  | 'origin_refused'
  | 'checkout_refused'
  | 'checkout_opened'
  | 'checkout_paid'
  | 'checkout_failed'
  | 'signed_in'
  | 'call_paid'
  | 'call_failed'
  | 'call_refused'
  | 'key_misused'
  | 'webhook_answered'
  | 'webhook_failed'
