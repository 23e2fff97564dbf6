import { AppError } from '../kernel/app-error.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

export type Endpoint = Row<'webhook_endpoints'>

/** Which endpoint of which partner is meant. */
export interface OwnEndpoint {
  readonly endpointId: string
  readonly partnerId: string
}

/** @throws AppError 404 for another partner's endpoint, as for none. */
export async function findOwnEndpoint(db: DatabaseReader, { endpointId, partnerId }: OwnEndpoint): Promise<Endpoint> {
  const row = await db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('id', '=', endpointId)
    .where('partner_id', '=', partnerId)
    .executeTakeFirst()
  if (row === undefined) throw noSuchEndpoint(endpointId)
  return row
}

/** The same, locked until the transaction ends, by a write that changes nothing. */
export async function lockOwnEndpoint(
  transaction: DatabaseTransaction,
  { endpointId, partnerId }: OwnEndpoint,
): Promise<Endpoint> {
  const row = await transaction
    .updateTable('webhook_endpoints')
    .set((of) => ({ state: of.ref('state') }))
    .where('id', '=', endpointId)
    .where('partner_id', '=', partnerId)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw noSuchEndpoint(endpointId)
  return row
}

function noSuchEndpoint(endpointId: string): AppError {
  return new AppError('not_found', `There is no webhook endpoint ${endpointId}.`)
}
