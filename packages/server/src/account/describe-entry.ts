import type { AccountRequest } from '@opencredits/protocol'
import { olderKeyId, type RequestEntry } from '../credits/list-requests.ts'
import { creditsOf, secondsOf } from '../lists/formats.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { type Names, readNames } from './read-names.ts'

export function namesOfEntries(db: DatabaseReader, rows: readonly RequestEntry[]): Promise<Names> {
  return readNames(db, {
    partnerIds: rows.map((row) => row.partner_id),
    keyIds: rows.map((row) => row.key_id),
  })
}

export function describeEntry(row: RequestEntry, names: Names): AccountRequest {
  return {
    request_id: row.id,
    calls: row.calls,
    created_at: secondsOf(row.created_at_ms),
    model: row.model,
    app: { id: row.partner_id, name: names.app(row.partner_id) },
    key: describeKeyName(row.key_id ?? olderKeyId, names),
    status: row.state === 'admitted' ? 'running' : row.state,
    ending: row.ending,
    billed_to: row.billed_to,
    estimated: row.is_estimated === 1,
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    charge: creditsOf(row.charge),
  }
}

export function describeKeyName(keyId: string, names: Names): AccountRequest['key'] {
  const { name, lastFour } = names.key(keyId)
  return { id: keyId, name, last_four: lastFour }
}
