import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Files that clients keep with us: their rows, the keys that seal them, how much there is of each user, and on PostgreSQL their bytes. */
export function filesMigration(engine: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('files')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('partner_id', 'text', (column) => column.notNull())
        .addColumn('key_id', 'text', (column) => column.notNull())
        .addColumn('content_hash', 'text')
        .addColumn('filename', 'text', (column) => column.notNull())
        .addColumn('mime_type', 'text', (column) => column.notNull())
        .addColumn('size_bytes', 'bigint', (column) => column.notNull())
        .addColumn('purpose', 'text')
        .addColumn('source_kind', 'text')
        .addColumn('source_id', 'text')
        .addColumn('source_part', 'text')
        .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
        .addColumn('uses', 'bigint', (column) => column.notNull().defaultTo(0))
        .addColumn('last_used_at_ms', 'bigint')
        .addColumn('expires_at_ms', 'bigint')
        .addColumn('deleted_at_ms', 'bigint')
        .execute()
      // Many rows may have no hash: no engine takes two of them for equal.
      await sql`create unique index files_content on files (user_id, partner_id, content_hash)`.execute(db)
      await sql`create index files_of_owner on files (user_id, partner_id, created_at_ms, id)`.execute(db)
      await sql`create index files_deleted on files (deleted_at_ms) where deleted_at_ms is not null`.execute(db)
      await sql`create index files_expiring on files (expires_at_ms) where expires_at_ms is not null and deleted_at_ms is null`.execute(
        db,
      )
      await createKeysAndBytes(db)
      await createCopies(db)
      if (engine === 'postgres') await createChunks(db)
    },
  }
}

async function createKeysAndBytes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('file_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('partner_id', 'text', (column) => column.notNull())
    .addColumn('wrapped_key', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('file_keys_of_user').on('file_keys').column('user_id').execute()
  await db.schema
    .createTable('file_bytes')
    .addColumn('user_id', 'text', (column) => column.primaryKey())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('files', 'bigint', (column) => column.notNull())
    .addColumn('stored_bytes', 'bigint', (column) => column.notNull())
    .execute()
}

async function createCopies(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('file_copies')
    .addColumn('file_id', 'text', (column) => column.notNull())
    .addColumn('key_hash', 'text', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('provider_file_id', 'text')
    .addColumn('claimed_until_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('file_copies_pk', ['file_id', 'key_hash'])
    .execute()
  await db.schema.createIndex('file_copies_expiring').on('file_copies').column('expires_at_ms').execute()
}

async function createChunks(db: Kysely<unknown>): Promise<void> {
  await sql`create table file_chunks (
    file_id text not null, position integer not null, bytes bytea not null, written_at_ms bigint not null,
    primary key (file_id, position))`.execute(db)
  // What is encrypted gets no shorter by packing.
  await sql`alter table file_chunks alter column bytes set storage external`.execute(db)
  await sql`create index file_chunks_written on file_chunks (written_at_ms) where position = 0`.execute(db)
}
