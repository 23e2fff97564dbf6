/** Every answer says of which app and world it is. */
export interface PartnerWorld {
  /** `par_…`: the same in both worlds. */
  readonly app: string
  /** False in the test world. */
  readonly livemode: boolean
}
