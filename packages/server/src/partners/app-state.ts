import type { PartnerPermission } from '@opencredits/protocol'
import { AppError } from '../kernel/app-error.ts'
import type { Row } from '../store/schema.ts'

export type AppState = Row<'partners'>['state']

/** What decides whether an app can be changed in the world of a call. */
export interface AppStanding {
  readonly state: AppState
  /** Of that world: a pending app's test world is active, its live one is not. */
  readonly isActive: boolean
}

/**
 * A pending app is built in its test world, but invites nobody: mails with a name that the operator has not seen would be
 * anybody's to send.
 * @throws AppError 403 `app_suspended`
 */
export function refuseChange({ state, isActive }: AppStanding, permission: PartnerPermission): void {
  if (isActive && (permission !== 'members:write' || state === 'approved')) return
  throw new AppError('app_suspended', `Your app ${words[state].toMembers}`, { headers: doNotRetry })
}

/** Why an app does not sell or call, for those who use it: a sentence about "this app". */
export function whyInactive(state: AppState): string {
  return words[state].toUsers
}

const doNotRetry = { 'x-should-retry': 'false' }

const words: Readonly<Record<AppState, { readonly toMembers: string; readonly toUsers: string }>> = {
  // Switched off, whatever its state says.
  approved: {
    toMembers: 'is switched off: it can be read and not changed. Ask the operator of this server.',
    toUsers: 'is switched off.',
  },
  pending: {
    toMembers:
      'waits for the operator’s approval: its live world can be read and not changed, and nobody can be invited yet. Its test world is open (livemode=false).',
    toUsers:
      'is pending: the operator of this server has not approved it yet. Use its test key (oc_pk_test_…) until then.',
  },
  rejected: {
    toMembers: 'was not approved: it can be read and not changed. The reason is at /partner.',
    toUsers: 'was not approved by the operator of this server.',
  },
  suspended: {
    toMembers: 'is suspended: it can be read and not changed. Ask the operator of this server.',
    toUsers: 'is suspended.',
  },
  closed: {
    toMembers: 'is closed: it can be read and not changed. Ask the operator of this server to open it again.',
    toUsers: 'was closed by its maker.',
  },
}
