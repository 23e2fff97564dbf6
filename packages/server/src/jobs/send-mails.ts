import { chooseLocale } from '@opencredits/protocol'
import type { Logger } from 'pino'
import { type PaymentWorlds, paymentsOf } from '../checkout/payment-worlds.ts'
import { PaymentRefused, PaymentsUnavailable } from '../checkout/payments.ts'
import { createClaimLink } from '../claims/claim-link.ts'
import { type Clock, minuteMs } from '../kernel/clock.ts'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { minorUnitDigitsOf } from '../kernel/minor-unit-digits.ts'
import type { Pepper } from '../keys/pepper.ts'
import { composeAppMail } from '../members/compose-app-mail.ts'
import type { RoleRules } from '../sessions/session-roles.ts'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { findUser } from '../users/find-user.ts'
import { type AccountLinks, composeMail, type MailContent } from '../users/mail/compose-mail.ts'
import type { Mail, Mailer } from '../users/mail/mailer.ts'
import {
  areMailsDue,
  type DueMail,
  forgetMail,
  mailTriesMax,
  type QueuedMail,
  takeDueMails,
} from '../users/mail/outbox.ts'
import { readNotificationSettings } from '../users/notification-settings.ts'
import { composeDisabledMail } from './compose-disabled-mail.ts'
import type { ServerIdentity } from './heartbeat.ts'
import { claimLease } from './lease.ts'

export interface MailJobDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly pepper: Pepper
  readonly publicUrl: string
  /** `OPERATOR_EMAILS` */
  readonly roleRules: Pick<RoleRules, 'operatorEmails'>
  readonly payments: PaymentWorlds
  readonly self: ServerIdentity
  /** Null: there is no mail server, and what is queued is dropped. */
  readonly mailer: Mailer | null
}

/** As long as the slowest batch may take. */
const leaseMs = 2 * minuteMs
const batch = 20

/** Sends the mails that are due. One server of an installation does it at a time. */
export async function sendMails(deps: MailJobDeps): Promise<void> {
  if (!(await areMailsDue(deps.db, deps.clock.nowMs()))) return
  const lease = { name: 'mails', serverId: deps.self.serverId, forMs: leaseMs }
  if (!(await claimLease(deps.db, lease, deps.clock.nowMs()))) return
  const due = await takeDueMails(deps.db, batch, deps.clock.nowMs())
  await Promise.all(due.map((one) => sendOne(deps, one)))
}

async function sendOne(deps: MailJobDeps, { id, tries, mail }: DueMail): Promise<void> {
  try {
    const composed = await compose(deps, mail)
    const host = new URL(deps.publicUrl).hostname
    if (composed !== null) await deps.mailer?.send({ ...composed, messageId: `<${id}@${host}>` })
  } catch (error) {
    // What a mail server says may quote the address.
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (tries < mailTriesMax) return deps.logger.warn({ mail: id, kind: mail.kind, tries, reason }, 'a mail failed')
    deps.logger.error({ mail: id, kind: mail.kind, tries, reason }, 'a mail was given up')
  }
  await forgetMail(deps.db, id)
}

/** Null: nobody is there to read it, the reader does not want it, or it is of a test user, who gets no mail. */
async function compose(deps: MailJobDeps, mail: QueuedMail): Promise<Mail | null> {
  if (mail.kind === 'receipt') return composeReceipt(deps, mail.purchaseId)
  if (mail.kind === 'webhook_disabled') return composeDisabledMail(deps, mail)
  if (mail.kind === 'invitation' || mail.kind === 'application' || mail.kind === 'app_state')
    return composeAppMail({ ...deps, operatorEmails: deps.roleRules.operatorEmails }, mail, deps.clock.nowMs())
  const user = await findUser(deps.db, mail.userId)
  if (user === null || user.email === null || user.deleted_at_ms !== null) return null
  // In the test world a sign-in proves no address.
  if (user.livemode !== 1) return null
  const content = await contentOf(deps, mail)
  return content === null ? null : composeMail(user.email, content, chooseLocale([user.locale ?? 'auto']))
}

type Notification = Extract<QueuedMail, { readonly userId: string }>

async function contentOf(deps: MailJobDeps, mail: Notification): Promise<MailContent | null> {
  const settings = await readNotificationSettings(deps.db, mail.userId)
  const links = accountLinks(deps.publicUrl)
  switch (mail.kind) {
    case 'new_app': {
      const app = await deps.db
        .selectFrom('partners')
        .select('name')
        .where('id', '=', mail.partnerId)
        .executeTakeFirst()
      if (app === undefined || !settings.isNewAppOn) return null
      return { kind: mail.kind, appName: app.name, limit: mail.limit, links }
    }
    case 'low_balance':
    case 'empty_balance':
      return settings.isLowBalanceOn ? { ...mail, links } : null
    case 'key_budget':
      return settings.isKeyBudgetOn ? { ...mail, links } : null
    case 'new_sign_in':
      return settings.isNewSignInOn ? { ...mail, links } : null
  }
}

/** A guest's goes to the address that Stripe collected, with the link that only this mailbox gets. */
async function composeReceipt(deps: MailJobDeps, purchaseId: string): Promise<Mail | null> {
  const { db, publicUrl } = deps
  const purchase = await db
    .selectFrom('purchases')
    .innerJoin('partners', 'partners.id', 'purchases.partner_id')
    .innerJoin('users', 'users.id', 'purchases.user_id')
    .selectAll('purchases')
    .select(['partners.name as app_name', 'users.email as account_email', 'users.locale as account_locale'])
    .where('purchases.id', '=', purchaseId)
    .executeTakeFirst()
  if (purchase === undefined || purchase.livemode !== 1) return null
  const receiptUrl = await keepReceipt(deps, purchase)
  const to = purchase.account_email ?? purchase.email
  if (to === null || deps.mailer === null) return null
  const isGuest = purchase.account_email === null
  const content = {
    kind: 'receipt',
    appName: purchase.app_name,
    credits: creditsFromMicrocredits(microcredits(purchase.credits_microcredits)),
    amount: purchase.amount_minor / 10 ** minorUnitDigitsOf(purchase.currency),
    currency: purchase.currency,
    receiptUrl,
    claimUrl: isGuest ? await newClaimUrl(deps, { purchaseId, email: to }) : null,
    links: accountLinks(publicUrl),
  } as const
  return composeMail(to, content, chooseLocale([purchase.account_locale ?? 'auto', purchase.locale ?? 'auto']))
}

/** Made anew at every try: the store never has a link's secret, so it cannot send the same again. */
async function newClaimUrl(deps: MailJobDeps, link: { readonly purchaseId: string; readonly email: string }) {
  const token = await createClaimLink(deps.db, deps.pepper, link, deps.clock.nowMs())
  return `${deps.publicUrl}/account/claim#${token}`
}

/** Stripe's page of the receipt, asked for once. A mail does without it when Stripe does not answer. */
async function keepReceipt(deps: MailJobDeps, purchase: Row<'purchases'>): Promise<string | null> {
  if (purchase.receipt_url !== null || purchase.stripe_payment_intent_id === null) return purchase.receipt_url
  try {
    const receiptUrl = await paymentsOf(deps.payments, purchase).findReceipt(purchase.stripe_payment_intent_id)
    await deps.db.updateTable('purchases').set({ receipt_url: receiptUrl }).where('id', '=', purchase.id).execute()
    return receiptUrl
  } catch (error) {
    if (!(error instanceof PaymentsUnavailable || error instanceof PaymentRefused)) throw error
    deps.logger.warn({ purchaseId: purchase.id, reason: error.message }, 'a receipt could not be looked up')
    return null
  }
}

function accountLinks(publicUrl: string): AccountLinks {
  const account = `${publicUrl}/account`
  return {
    account,
    apps: `${account}/apps`,
    sessions: `${account}/settings#sessions`,
    settings: `${account}/settings#notifications`,
  }
}
