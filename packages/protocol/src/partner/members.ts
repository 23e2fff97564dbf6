import type { MemberRole } from './member-role.ts'

/** Roles that an invitation can give. Ownership is handed over by its owner only. */
export type InvitedRole = Exclude<MemberRole, 'owner'>

/** `GET /v1/partner/members`: for members only; no key reads it. */
export interface MemberListResponse {
  readonly data: readonly Member[]
  /** Those that wait for an answer, the newest first. */
  readonly invitations: readonly Invitation[]
}

export interface Member {
  readonly id: string
  readonly email: string
  readonly role: MemberRole
  readonly is_you: boolean
  readonly joined_at: number
}

export interface Invitation {
  readonly id: string
  readonly email: string
  readonly role: InvitedRole
  readonly sent_at: number
  readonly expires_at: number
  readonly is_expired: boolean
}

/** `POST /v1/partner/invitations { email, role }` */
export interface InvitationRequest {
  readonly email: string
  readonly role: InvitedRole
}

/** `POST /v1/partner/invitations/read { token }`: to what the link of a mail invites the signed-in account. */
export interface InvitationOffer {
  readonly app: { readonly id: string; readonly name: string; readonly logo_url: string | null }
  readonly role: InvitedRole
  readonly expires_at: number
}

/** `POST /v1/partner/applications`, answered with the new app as `GET /v1/partner/apps` lists it. */
export interface ApplicationRequest {
  readonly name: string
  readonly website: string
  readonly origins: readonly string[]
  readonly description: string
}

/** `GET /v1/partner/audit_log?after&limit`: what was done to the app, newest first; for owners and admins. */
export interface PartnerLogResponse {
  readonly data: readonly PartnerLogEntry[]
  readonly has_more: boolean
  readonly next: string | null
}

export interface PartnerLogEntry {
  readonly id: string
  readonly at: number
  readonly action: string
  /** In words. */
  readonly summary: string
  readonly actor: {
    readonly kind: 'member' | 'former_member' | 'key' | 'operator' | 'system'
    /** A member's e-mail, or a key's name. */
    readonly name: string | null
  }
  /** Which world it was about; the members and settings of both are written down as live. */
  readonly livemode: boolean
  /** The operator's words. */
  readonly reason: string | null
}
