import type { BudgetWindowName } from '../session.ts'
import type { PartnerScope } from './member-role.ts'

/** `GET` and `PATCH /v1/partner/app`: what an app's maker decides. Both worlds share all but the publishable keys. */
export interface AppSettings {
  readonly id: string
  readonly livemode: boolean
  readonly name: string
  readonly website: string | null
  /** Of the pages that may show the checkout: `https://app.example`. */
  readonly origins: readonly string[]
  /** Whether pages on `http://localhost`, at any port, may too. In the test world they always may. */
  readonly allow_localhost: boolean
  /** Ids of the models that it offers; null: all. */
  readonly models: readonly string[] | null
  /** The model that estimates are made for; null: the one that is used most. */
  readonly default_model: string | null
  readonly logo_url: string | null
  /** `#rrggbb`; null: the checkout's own. */
  readonly accent_color: string | null
  readonly support_email: string | null
  /** Behind the operator's name on the statements of cards. */
  readonly statement_suffix: string | null
  /** What users are asked to allow when they sign in; null: 500 credits a month. */
  readonly suggested_limit: { readonly budget: number; readonly window: BudgetWindowName } | null
  readonly publishable_key: string
  /** The key before the last roll, while it still works; only its last four characters are shown. */
  readonly previous_publishable_key: { readonly last_four: string; readonly until: number } | null
  /** Names this state. A change that carries an older one is refused with 409. */
  readonly version: string
  readonly updated_at: number
}

/** `PATCH /v1/partner/app`: what is left out stays as it is. */
export type AppSettingsChange = Partial<
  Pick<
    AppSettings,
    | 'name'
    | 'website'
    | 'origins'
    | 'allow_localhost'
    | 'models'
    | 'default_model'
    | 'logo_url'
    | 'accent_color'
    | 'support_email'
    | 'statement_suffix'
    | 'suggested_limit'
    | 'version'
  >
>

/** `GET /v1/partner/models`: every model on offer here, with what users of the app pay for a million tokens, in credits. */
export interface OfferedModel {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly kind: 'language' | 'embedding'
  /** In tokens. */
  readonly context_window: number
  readonly input_price: number
  readonly output_price: number
}

/** `GET /v1/partner/keys`: the restricted keys of the app in this world, newest first. */
export interface RestrictedKey {
  readonly id: string
  readonly livemode: boolean
  readonly name: string
  readonly last_four: string
  readonly scopes: readonly PartnerScope[]
  readonly status: 'active' | 'expired' | 'revoked'
  readonly created_at: number
  readonly expires_at: number | null
  /** To the minute. */
  readonly last_used_at: number | null
  /** Until when the secret before the last roll works, too. */
  readonly previous_secret_until: number | null
  readonly revoked_at: number | null
}

/** `POST /v1/partner/keys` and `…/{id}/roll`: the only answer that shows the secret. */
export interface RestrictedKeySecret extends RestrictedKey {
  readonly secret: string
}

export const logoBytesMax = 1024 * 1024
