import { AppError } from '../kernel/app-error.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** Whose a batch is: a user's in one app, whichever of the user's keys there asks. */
export interface BatchOwner {
  readonly userId: string
  readonly partnerId: string
}

export type BatchKind = Row<'batches'>['kind']

/** @throws AppError 404, the same for one that is somebody else's as for one that never was. */
export async function findBatch(
  db: DatabaseReader,
  owner: BatchOwner,
  { id, kind }: { readonly id: string; readonly kind: BatchKind },
): Promise<Row<'batches'>> {
  const row = await ownedBy(db, owner, kind).where('batches.id', '=', id).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', `There is no batch ${id.slice(0, 100)}.`)
  return row
}

export interface BatchPage {
  readonly limit: number
  /** Only those that were made before this one: the next page. */
  readonly after?: string | undefined
  /** Only those that were made after this one: the page before. */
  readonly before?: string | undefined
}

/** The newest first. @throws AppError 404 for a cursor that is no batch of the owner's. */
export async function listBatches(
  db: DatabaseReader,
  owner: BatchOwner,
  { kind, page }: { readonly kind: BatchKind; readonly page: BatchPage },
): Promise<{ readonly batches: readonly Row<'batches'>[]; readonly hasMore: boolean }> {
  const { limit, after, before } = page
  const edgeId = after ?? before
  const edge = edgeId === undefined ? null : await findBatch(db, owner, { id: edgeId, kind })
  const isBackward = after === undefined && before !== undefined
  const order = isBackward ? 'asc' : 'desc'
  const found = await ownedBy(db, owner, kind)
    .$if(edge !== null, (query) =>
      query.where((where) =>
        where.or([
          where('batches.created_at_ms', isBackward ? '>' : '<', edge?.created_at_ms ?? 0),
          where.and([
            where('batches.created_at_ms', '=', edge?.created_at_ms ?? 0),
            where('batches.id', isBackward ? '>' : '<', edge?.id ?? ''),
          ]),
        ]),
      ),
    )
    .orderBy('batches.created_at_ms', order)
    .orderBy('batches.id', order)
    .limit(limit + 1)
    .execute()
  const shown = found.slice(0, limit)
  return { batches: isBackward ? shown.toReversed() : shown, hasMore: found.length > limit }
}

/** Those of guests who have signed in since are the account's. */
function ownedBy(db: DatabaseReader, { userId, partnerId }: BatchOwner, kind: BatchKind) {
  return db
    .selectFrom('batches')
    .selectAll('batches')
    .where('batches.partner_id', '=', partnerId)
    .where('batches.kind', '=', kind)
    .where('batches.deleted_at_ms', 'is', null)
    .where('batches.state', '!=', 'refused')
    .where((where) =>
      where.or([
        where('batches.user_id', '=', userId),
        where(
          'batches.user_id',
          'in',
          where.selectFrom('users').select('users.id').where('users.merged_into_user_id', '=', userId),
        ),
      ]),
    )
}
