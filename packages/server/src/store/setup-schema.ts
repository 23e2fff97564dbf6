/** Tables of the guided setup of an app. Each world of an app has rows of its own. */
export interface SetupSchema {
  setup_observations: SetupObservationsTable
  setup_marks: SetupMarksTable
}

/** What the server saw of an app that leaves no other trace. Nothing personal: origins, paths of the API, error codes. */
export interface SetupObservationsTable {
  /** Derived from app, kind and subject, so that what is seen again meets its row. */
  id: string
  partner_id: string
  kind: 'page_seen' | 'checkout_shown' | 'origin_refused' | 'checkout_refused' | 'call_refused' | 'key_misused'
  /** What it is about, as the kind says: an origin, an error code, the kind of a key. */
  subject: string
  times: number
  first_at_ms: number
  last_at_ms: number
}

/** When a step of the setup was done for the first time: what shows that it was may be purged later. */
export interface SetupMarksTable {
  partner_id: string
  step: 'origin' | 'sdk' | 'purchase' | 'call' | 'webhook'
  done_at_ms: number
}
