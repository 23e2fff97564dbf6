import type { Pepper } from '../keys/pepper.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { composeConsoleMail } from '../users/mail/console-mail.ts'
import { oneLine } from '../users/mail/mail-locale.ts'
import type { Mail } from '../users/mail/mailer.ts'
import type { QueuedMail } from '../users/mail/outbox.ts'
import { invitationToken } from './invitation-token.ts'

type AppMail = Extract<QueuedMail, { readonly kind: 'invitation' | 'application' | 'app_state' }>

interface AppMailDeps {
  readonly db: DatabaseReader
  readonly pepper: Pepper
  readonly publicUrl: string
  readonly operatorEmails: readonly string[]
}

/** Null: what it is about has changed since, or nobody is there to read it. */
export async function composeAppMail(deps: AppMailDeps, mail: AppMail, nowMs: number): Promise<Mail | null> {
  if (mail.kind === 'invitation') return composeInvitation(deps, mail, nowMs)
  const app = await deps.db.selectFrom('partners').selectAll().where('id', '=', mail.partnerId).executeTakeFirst()
  if (app === undefined) return null
  return mail.kind === 'application' ? composeApplication(deps, app, mail.operator) : composeState(deps, app, mail.atMs)
}

/** Only the newest mail of an open invitation has a link that works. */
async function composeInvitation(
  { db, pepper, publicUrl }: AppMailDeps,
  { invitationId, mails }: Extract<AppMail, { readonly kind: 'invitation' }>,
  nowMs: number,
): Promise<Mail | null> {
  const row = await db
    .selectFrom('partner_invitations')
    .innerJoin('partners', 'partners.id', 'partner_invitations.partner_id')
    .leftJoin('users', 'users.id', 'partner_invitations.invited_by_user_id')
    .selectAll('partner_invitations')
    .select(['partners.name', 'users.email as inviter'])
    .where('partner_invitations.id', '=', invitationId)
    .executeTakeFirst()
  if (row === undefined || row.mails !== mails || row.expires_at_ms <= nowMs) return null
  if (row.accepted_at_ms !== null || row.withdrawn_at_ms !== null) return null
  const host = new URL(publicUrl).host
  return composeConsoleMail({
    to: row.email,
    subject: `You are invited to the app ${oneLine(row.name)}`,
    paragraphs: [`You are invited to manage an app that sells AI credits through ${host}.`],
    rows: [
      ['App', oneLine(row.name)],
      ['Your role', row.role],
      ...(row.inviter === null ? [] : [['Invited by', row.inviter] as const]),
    ],
    button: {
      label: 'See the invitation',
      url: `${publicUrl}/partner/invitations#${invitationToken(pepper, invitationId, mails)}`,
    },
    note: 'Sign in with this address to accept. The link works once, for seven days. If you do not know the app, do nothing.',
  })
}

/** To one of the operators. The applicant's texts are quoted, never part of a sentence of ours. */
async function composeApplication(deps: AppMailDeps, app: Row<'partners'>, operator: number): Promise<Mail | null> {
  const to = deps.operatorEmails[operator]
  if (to === undefined || app.state !== 'pending') return null
  return composeConsoleMail({
    to,
    subject: `An app asks to be approved: ${oneLine(app.name)}`,
    paragraphs: ['Its test world works already. It sells nothing before you approve it.'],
    rows: [
      ['App', oneLine(app.name)],
      ['Id', app.id],
      ['Website', app.website ?? ''],
      ['Applied by', app.email],
      ['What it is for', oneLine(app.description ?? '')],
    ],
    button: null,
    note: `opencredits partner applications shows all of it; opencredits partner approve ${app.id} or opencredits partner reject ${app.id} --reason … answers.`,
  })
}

/** To the owner, of the newest decision only. */
async function composeState(deps: AppMailDeps, app: Row<'partners'>, atMs: number): Promise<Mail | null> {
  const words = decisions[app.state]
  if (words === undefined || app.state_at_ms !== atMs || app.email === '') return null
  const name = oneLine(app.name)
  return composeConsoleMail({
    to: app.email,
    subject: `${name} ${words.subject}`,
    paragraphs: [words.text],
    rows: [['App', name], ...(app.state_reason === null ? [] : [['The operator’s words', app.state_reason] as const])],
    button: { label: 'Open the console', url: `${deps.publicUrl}/partner/${app.id}` },
    note: null,
  })
}

const decisions: Readonly<
  Partial<Record<Row<'partners'>['state'], { readonly subject: string; readonly text: string }>>
> = {
  approved: {
    subject: 'is approved',
    text: 'It can sell credits now: put its live publishable key into your page in place of the test key.',
  },
  rejected: {
    subject: 'was not approved',
    text: 'It stays readable at /partner. You can apply again with another app.',
  },
  suspended: {
    subject: 'is suspended',
    text: 'It sells nothing and its keys make no calls until it is resumed. Its users keep their credits.',
  },
}
