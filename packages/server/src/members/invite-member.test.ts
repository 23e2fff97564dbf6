import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dayMs } from '../kernel/clock.ts'
import { createPepper } from '../keys/pepper.ts'
import { addApp } from '../partners/save-partner.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { findOrCreateAccount } from '../users/find-user.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { composeAppMail } from './compose-app-mail.ts'
import { invitationToken } from './invitation-token.ts'
import { inviteMember, withdrawInvitation } from './invite-member.ts'

const pepper = createPepper('a pepper of the invitations')
const email = 'colleague@example.com'
const from = { requestId: null, address: null }
const terms = {
  ...{ name: 'Acme', email: 'owner@example.com', shareBasisPoints: 1000, allowedModels: null, origins: [] },
  ...{ logoUrl: null, accentColor: null, isActive: true },
}

let store: TestDatabase
let by: { appId: string; userId: string; requestId: null; address: null }
let colleague: { userId: string; email: string }

const run = <Result>(work: (transaction: DatabaseTransaction) => Promise<Result>) => transact(store.db, work)

beforeEach(async () => {
  store = await openTestDatabase()
  await run(async (transaction) => {
    const userId = await findOrCreateAccount(transaction, { email: terms.email, livemode: true }, 0)
    const { id: appId } = await addApp(transaction, { terms, state: 'approved', application: null }, 0)
    const owner = { id: 'mem_1', partner_id: appId, user_id: userId, role: 'owner' } as const
    await transaction
      .insertInto('partner_members')
      .values({ ...owner, created_at_ms: 0, updated_at_ms: 0 })
      .execute()
    by = { appId, userId, ...from }
    colleague = { email, userId: await findOrCreateAccount(transaction, { email, livemode: true }, 0) }
  })
})
afterEach(() => store.close())

const invite = (nowMs: number) =>
  run((transaction) => inviteMember(transaction, { by, pepper, invitation: { email, role: 'viewer' } }, nowMs))
const accept = (id: string, nowMs: number) => {
  const use = { token: invitationToken(pepper, id, 1), pepper, account: colleague, ...from }
  return run((transaction) => acceptInvitation(transaction, use, nowMs))
}

describe('an invitation', () => {
  it('is open for seven days to the millisecond; after them the address is invited anew', async () => {
    const { id } = await invite(0)
    await expect(invite(7 * dayMs - 1)).rejects.toMatchObject({ code: 'conflict', param: 'email' })
    await expect(accept(id, 7 * dayMs)).rejects.toMatchObject({ code: 'not_found' })
    const anew = await invite(7 * dayMs)
    expect(await accept(anew.id, 14 * dayMs - 1)).toBe(by.appId)
    await expect(invite(14 * dayMs)).rejects.toMatchObject({ code: 'conflict', message: /member already/ })
  })

  it('that is withdrawn opens nothing, and is not mailed any more', async () => {
    const { id } = await invite(0)
    const deps = { db: store.db, pepper, publicUrl: 'https://credits.example', operatorEmails: [] }
    const mail = { kind: 'invitation', invitationId: id, mails: 1 } as const
    expect((await composeAppMail(deps, mail, 1))?.text).toContain(
      `https://credits.example/partner/invitations#${invitationToken(pepper, id, 1)}`,
    )
    await run((transaction) => withdrawInvitation(transaction, { by, invitationId: id }, 1))
    await expect(accept(id, 2)).rejects.toMatchObject({ code: 'not_found' })
    expect(await composeAppMail(deps, mail, 2)).toBeNull()
  })

  it('leaves no secret in the store, and no address in the audit log and the outbox', async () => {
    const { id } = await invite(0)
    const outbox = await store.db.selectFrom('mail_outbox').selectAll().execute()
    const log = await store.db.selectFrom('audit_log').selectAll().execute()
    const rows = await store.db.selectFrom('partner_invitations').selectAll().execute()
    expect(outbox).toHaveLength(1)
    expect(JSON.stringify([outbox, log])).not.toContain(email)
    expect(JSON.stringify([outbox, log, rows])).not.toContain(invitationToken(pepper, id, 1))
  })
})
