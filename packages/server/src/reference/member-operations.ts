import { memberRoles } from '@opencredits/protocol'
import { z } from 'zod'
import { pageQuerySchema } from '../lists/page-query.ts'
import { invitationTokenSchema } from '../members/acceptance-routes.ts'
import { applicationSchema } from '../members/application-schema.ts'
import { changedMemberSchema, handOverSchema, invitationSchema } from '../members/member-routes.ts'
import { type Operation, read, write } from './operation.ts'

const seconds = z.int().describe('seconds since 1970')
const role = z.enum(memberRoles)

const appAnswer = z.object({
  id: z.string().describe('par_…'),
  name: z.string(),
  website: z.string().nullable(),
  logo_url: z.string().nullable(),
  role,
  permissions: z.array(z.string()).describe('of the role'),
  state: z.enum(['pending', 'approved', 'rejected', 'suspended', 'closed']),
  state_reason: z.string().nullable().describe('the operator’s words'),
  publishable_key: z.string().describe('oc_pk_…; refused until the app is approved'),
  test_publishable_key: z.string().nullable().describe('oc_pk_test_…'),
  created_at: seconds,
})

const memberAnswer = z.object({
  id: z.string().describe('mem_…'),
  email: z.string(),
  role,
  is_you: z.boolean(),
  joined_at: seconds,
})

const invitationAnswer = z.object({
  id: z.string().describe('inv_…'),
  email: z.string(),
  role,
  sent_at: seconds,
  expires_at: seconds,
  is_expired: z.boolean(),
})

const logAnswer = z.object({
  id: z.string(),
  at: seconds,
  action: z.string(),
  summary: z.string().describe('in words'),
  actor: z.object({
    kind: z.enum(['member', 'former_member', 'key', 'operator', 'system']),
    name: z.string().nullable().describe('a member’s e-mail, or a key’s name'),
  }),
  livemode: z.boolean(),
  reason: z.string().nullable().describe('the operator’s words'),
})

const session = { auth: 'session' } as const
const member = { auth: 'member' } as const
const invitations = '/v1/partner/invitations'
const recent = { '403': 'The role does not suffice, or the sign-in is not recent (recent_sign_in_required)' }
const ofOwner = { '409': 'It is the owner’s membership (conflict)' }

/** Apps, their members and their log. No key opens these. */
export const memberCalls: readonly Operation[] = [
  read('/v1/partner/apps', 'Partner', 'The apps of which one is a member', {
    ...session,
    answer: z.object({ data: z.array(appAnswer), sign_up: z.enum(['open', 'approval', 'closed']) }),
  }),
  write('/v1/partner/applications', 'Partner', 'Sign an app up; where the operator approves apps, it waits', {
    ...session,
    body: applicationSchema,
    status: 201,
    answer: appAnswer,
    failures: {
      '403': 'Apps are not signed up here (insufficient_scope)',
      '409': 'Too many of one’s apps wait already (conflict)',
      '429': 'Five a day',
    },
  }),
  write('/v1/partner/close', 'Partner', 'Close an app, or take an application back; by its owner', {
    ...member,
    answer: z.object({ id: z.string(), state: z.literal('closed') }),
    failures: { ...recent, '409': 'It is closed already (conflict)' },
  }),
  write('/v1/partner/owner', 'Partner', 'Hand the ownership over to another member; by the owner', {
    ...member,
    body: handOverSchema,
    answer: z.object({ owner: z.string() }),
    failures: { ...recent, '404': 'There is no such member', '409': 'One owns it already (conflict)' },
  }),
  read('/v1/partner/members', 'Partner', 'Members and open invitations', {
    ...member,
    answer: z.object({ data: z.array(memberAnswer), invitations: z.array(invitationAnswer) }),
  }),
  write('/v1/partner/members/me', 'Partner', 'Leave an app', {
    ...{ ...member, method: 'delete' },
    answer: z.object({ id: z.string(), left: z.literal(true) }),
    failures: ofOwner,
  }),
  write('/v1/partner/members/{id}', 'Partner', 'Give a member another role', {
    ...{ ...member, method: 'patch' },
    body: changedMemberSchema,
    answer: z.object({ id: z.string(), role }),
    failures: { ...recent, ...ofOwner },
  }),
  write('/v1/partner/members/{id}', 'Partner', 'Remove a member, at once', {
    ...{ ...member, method: 'delete' },
    answer: z.object({ id: z.string(), deleted: z.literal(true) }),
    failures: ofOwner,
  }),
  write(invitations, 'Partner', 'Invite somebody by mail, for seven days', {
    ...member,
    body: invitationSchema,
    status: 201,
    answer: invitationAnswer,
    failures: { ...recent, '409': 'Invited or a member already (conflict)' },
  }),
  write(`${invitations}/{id}/resend`, 'Partner', 'Send an open invitation again; the link before ends', {
    ...member,
    answer: invitationAnswer,
  }),
  write(`${invitations}/{id}`, 'Partner', 'Withdraw an open invitation', {
    ...{ ...member, method: 'delete' },
    answer: z.object({ id: z.string(), deleted: z.literal(true) }),
  }),
  write(`${invitations}/read`, 'Partner', 'To what a link invites', {
    ...session,
    body: invitationTokenSchema,
    answer: z.object({
      app: z.object({ id: z.string(), name: z.string(), logo_url: z.string().nullable() }),
      role,
      expires_at: seconds,
    }),
    failures: { '403': 'It is for another address (session_required)', '404': 'Used, withdrawn or too old' },
  }),
  write(`${invitations}/accept`, 'Partner', 'Become a member', {
    ...session,
    body: invitationTokenSchema,
    answer: appAnswer,
    failures: {
      '403': 'It is for another address (session_required), or the app is suspended (app_suspended)',
      '404': 'Used, withdrawn or too old',
    },
  }),
  read('/v1/partner/audit_log', 'Partner', 'What was done to the app in both worlds, newest first', {
    ...member,
    query: pageQuerySchema,
    answer: z.object({ data: z.array(logAnswer), has_more: z.boolean(), next: z.string().nullable() }),
  }),
]
