import type { MemberRole } from '@opencredits/protocol'
import type { Act } from '../audit-log/record-act.ts'

/** Who calls `/v1/partner/…`, and of which app and world. */
export interface PartnerCaller {
  /** The row of that world: everything that belongs to it is found by this id. */
  readonly partnerId: string
  /** The row of the live world: how the API names the app in both worlds. */
  readonly appId: string
  readonly livemode: boolean
  readonly by: CallingKey | CallingMember
}

export interface CallingKey {
  readonly kind: 'key'
  readonly keyId: string
}

export interface CallingMember {
  readonly kind: 'member'
  readonly userId: string
  readonly sessionId: string
  readonly role: MemberRole
  /** When a code or a passkey was last checked in the session: see `requireRecentSignIn`. */
  readonly verifiedAtMs: number
}

/** How the audit log names a caller. */
export function actorOf({ by }: Pick<PartnerCaller, 'by'>): Act['actor'] {
  return by.kind === 'key' ? { kind: 'partner', id: by.keyId } : { kind: 'user', id: by.userId }
}
