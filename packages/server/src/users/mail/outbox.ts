import { z } from 'zod'
import { hourMs, minuteMs } from '../../kernel/clock.ts'
import { newId } from '../../kernel/ids.ts'
import type { Database, DatabaseTransaction } from '../../store/open-database.ts'

const limitSchema = z.object({ credits: z.number(), window: z.enum(['total', 'day', 'week', 'month']) })

const queuedMailSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('receipt'), purchaseId: z.string() }),
  z.object({
    kind: z.literal('webhook_disabled'),
    endpointId: z.string(),
    // Null: to the address that the app was made with.
    memberUserId: z.string().nullable().default(null),
  }),
  z.object({ kind: z.literal('invitation'), invitationId: z.string(), mails: z.number() }),
  // To the operator of that place in OPERATOR_EMAILS: the outbox holds no addresses.
  z.object({ kind: z.literal('application'), partnerId: z.string(), operator: z.number() }),
  z.object({ kind: z.literal('app_state'), partnerId: z.string(), atMs: z.number() }),
  z.object({ kind: z.literal('new_app'), userId: z.string(), partnerId: z.string(), limit: limitSchema.nullable() }),
  z.object({ kind: z.enum(['low_balance', 'empty_balance']), userId: z.string(), balance: z.number() }),
  z.object({
    kind: z.literal('key_budget'),
    userId: z.string(),
    name: z.string(),
    usedCredits: z.number(),
    limit: limitSchema,
  }),
  z.object({
    kind: z.literal('new_sign_in'),
    userId: z.string(),
    device: z.string().nullable(),
    address: z.string().nullable(),
    atMs: z.number(),
  }),
])

/** A mail by its cause. To whom, in which language, and whether at all, is decided when it is sent. */
export type QueuedMail = z.output<typeof queuedMailSchema>

/** Has a mail sent soon, if the transaction of its cause commits. */
export async function queueMail(transaction: DatabaseTransaction, mail: QueuedMail, nowMs: number): Promise<void> {
  await transaction
    .insertInto('mail_outbox')
    .values({
      id: newId('mail'),
      kind: mail.kind,
      content: JSON.stringify(mail),
      created_at_ms: nowMs,
      next_at_ms: nowMs,
    })
    .execute()
}

/** Asked every few seconds, so it writes nothing. */
export async function areMailsDue(db: Database, nowMs: number): Promise<boolean> {
  const query = db.selectFrom('mail_outbox').select('id').where('next_at_ms', '<=', nowMs)
  return (await query.limit(1).executeTakeFirst()) !== undefined
}

export interface DueMail {
  readonly id: string
  /** This try counted. */
  readonly tries: number
  readonly mail: QueuedMail
}

/** Waits after the first, second … failure. A mail that failed after the last is given up. */
const waitsMs = [minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 6 * hourMs, 12 * hourMs]
export const mailTriesMax = waitsMs.length + 1

/** Takes mails that are due, at most so many. Each is put off first, so that one that ends the process is not tried at once again. */
export async function takeDueMails(db: Database, limit: number, nowMs: number): Promise<readonly DueMail[]> {
  const due = await db
    .selectFrom('mail_outbox')
    .selectAll()
    .where('next_at_ms', '<=', nowMs)
    .orderBy('next_at_ms')
    .limit(limit)
    .execute()
  for (const { id, tries } of due)
    await db
      .updateTable('mail_outbox')
      .set({ tries: tries + 1, next_at_ms: nowMs + (waitsMs[tries] ?? hourMs) })
      .where('id', '=', id)
      .execute()
  return due.map(({ id, tries, content }) => ({
    id,
    tries: tries + 1,
    mail: queuedMailSchema.parse(JSON.parse(content)),
  }))
}

/** Nothing of a mail is kept once it was sent, is not wanted, or was given up. */
export async function forgetMail(db: Database, id: string): Promise<void> {
  await db.deleteFrom('mail_outbox').where('id', '=', id).execute()
}
