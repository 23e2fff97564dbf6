/** Something that the books say and the truth does not, or the other way round. */
export interface Difference {
  readonly kind: string
  /** The call's marker, the session, the user. */
  readonly about: string
  readonly detail: string
}
