import type { Database } from '../store/open-database.ts'
import { findUser } from '../users/find-user.ts'
import type { Mail } from '../users/mail/mailer.ts'
import type { QueuedMail } from '../users/mail/outbox.ts'
import { composeWebhookMail } from '../users/mail/webhook-mail.ts'

type DisabledMail = Extract<QueuedMail, { readonly kind: 'webhook_disabled' }>

/** Null: it is enabled again, or nobody is there to read it. */
export async function composeDisabledMail(
  { db, publicUrl }: { readonly db: Database; readonly publicUrl: string },
  { endpointId, memberUserId }: DisabledMail,
): Promise<Mail | null> {
  const row = await db
    .selectFrom('webhook_endpoints')
    .innerJoin('partners', 'partners.id', 'webhook_endpoints.partner_id')
    .select(['webhook_endpoints.id', 'url', 'disabled_reason', 'partners.name', 'partners.email'])
    .select(['partners.id as partner_id', 'partners.live_partner_id'])
    .where('webhook_endpoints.id', '=', endpointId)
    .executeTakeFirst()
  const reason = row?.disabled_reason ?? 'by_hand'
  if (row === undefined || reason === 'by_hand') return null
  const to = memberUserId === null ? row.email : await emailOf(db, memberUserId)
  if (to === null || to === '') return null
  const isTest = row.live_partner_id !== null
  const page = isTest ? `${row.live_partner_id}/test` : row.partner_id
  return composeWebhookMail(to, {
    ...{ id: row.id, host: new URL(row.url).host, appName: isTest ? `${row.name} (test)` : row.name, reason },
    pageUrl: `${publicUrl}/partner/${page}/webhooks/${row.id}`,
    docsUrl: `${publicUrl}/docs/webhooks#when-an-endpoint-is-disabled`,
  })
}

async function emailOf(db: Database, userId: string): Promise<string | null> {
  const user = await findUser(db, userId)
  return user === null || user.deleted_at_ms !== null ? null : user.email
}
