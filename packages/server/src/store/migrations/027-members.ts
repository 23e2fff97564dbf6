import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Apps are applied for, and have members with roles, who come by invitation. Apps of before are approved or suspended, and
 * have no owner until the account with the app's own e-mail signs in.
 */
export function membersMigration(engine: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await addState(db)
      await createMembers(db)
      await nameAppsInTheLog(db, engine)
    },
  }
}

async function createMembers(db: Kysely<unknown>): Promise<void> {
  await sql`create table partner_members (
    id text primary key, partner_id text not null references partners(id), user_id text not null references users(id),
    role text not null check (role in ('owner', 'admin', 'developer', 'finance', 'viewer')),
    created_at_ms bigint not null, updated_at_ms bigint not null,
    unique (partner_id, user_id))`.execute(db)
  await sql`create index partner_members_by_user on partner_members (user_id)`.execute(db)
  await sql`create unique index partner_members_one_owner on partner_members (partner_id) where role = 'owner'`.execute(
    db,
  )
  await sql`create table partner_invitations (
    id text primary key, partner_id text not null references partners(id), email text not null,
    role text not null check (role in ('admin', 'developer', 'finance', 'viewer')),
    token_hash text not null unique, mails integer not null, invited_by_user_id text not null,
    created_at_ms bigint not null, sent_at_ms bigint not null, expires_at_ms bigint not null,
    accepted_at_ms bigint, withdrawn_at_ms bigint)`.execute(db)
  await sql`create unique index partner_invitations_open on partner_invitations (partner_id, email)
    where accepted_at_ms is null and withdrawn_at_ms is null`.execute(db)
  await sql`create index partner_invitations_by_partner on partner_invitations (partner_id, created_at_ms)`.execute(db)
}

/** Members read what was done to their app. The column is as append-only as the others. */
async function nameAppsInTheLog(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  await sql`alter table audit_log add column partner_id text`.execute(db)
  await sql`create index audit_log_by_partner on audit_log (partner_id, at_ms, id) where partner_id is not null`.execute(
    db,
  )
  if (engine === 'sqlite') {
    await sql`create trigger audit_log_no_move before update on audit_log when new.partner_id is not old.partner_id
      begin select raise(abort, 'the audit log is append-only'); end`.execute(db)
    return
  }
  await sql`create trigger audit_log_no_move before update on audit_log for each row
    when (new.partner_id is distinct from old.partner_id) execute function refuse_audit_change()`.execute(db)
}

async function addState(db: Kysely<unknown>): Promise<void> {
  await sql`alter table partners add column state text not null default 'approved'
    check (state in ('pending', 'approved', 'rejected', 'suspended', 'closed'))`.execute(db)
  await sql`alter table partners add column state_reason text`.execute(db)
  await sql`alter table partners add column state_at_ms bigint`.execute(db)
  await sql`alter table partners add column description text`.execute(db)
  await sql`alter table partners add column applied_by_user_id text`.execute(db)
  await sql`update partners set state = 'suspended' where is_active = 0 and kind = 'app'`.execute(db)
  await sql`create index partners_by_email on partners (lower(email))`.execute(db)
  await sql`create index partners_by_applicant on partners (applied_by_user_id, created_at_ms)
    where applied_by_user_id is not null`.execute(db)
}
