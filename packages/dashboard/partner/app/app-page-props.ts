export interface AppPageProps {
  /** What the address has behind the page's path: `['rk_1']` of `keys/rk_1`. */
  readonly rest: readonly string[]
}
