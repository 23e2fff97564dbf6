import { statement } from '../store/statement.ts'
import type { Step } from '../store/step.ts'
import { changeBytes, type KeptRow, negative, removeRows } from './remove-rows.ts'

interface ToForget {
  readonly keyId: string
  readonly responseId: string
  readonly sinceMs: number
}

/** Forgets responses by their ids. @returns whether there was one. */
export const forgetting: Step<ToForget, boolean> = {
  async run(session, inputs) {
    const { rows } = await findRows.run(
      session,
      inputs.map(({ keyId, responseId, sinceMs }) => ({ key_id: keyId, response_id: responseId, since_ms: sinceMs })),
    )
    await changeBytes(session, negative(await removeRows(session, rows)))
    const found = new Set(rows.map((row) => `${row.key_id} ${row.response_id}`))
    // Of two that ask for the same at once one finds it.
    return inputs.map(({ keyId, responseId }) => found.delete(`${keyId} ${responseId}`))
  },
}

/** Forgets what has had its time, and what was kept under keys that are no more. @returns how many. */
export const forgettingRows: Step<readonly KeptRow[], number> = {
  async run(session, inputs) {
    const freed = await removeRows(session, inputs.flat())
    await changeBytes(session, negative(freed))
    return inputs.map((rows) => rows.length)
  },
}

const findRows = statement<
  { readonly key_id: string; readonly response_id: string; readonly since_ms: number },
  KeptRow
>(
  { key_id: 'text', response_id: 'text', since_ms: 'bigint' },
  ({ asked, and, lock }) =>
    `select kept_responses.key_id, kept_responses.response_id, keys.user_id, item_ids, output_bytes, rest_bytes
     from keys, kept_responses${and}
     where keys.id = kept_responses.key_id and kept_responses.key_id = ${asked.key_id}
       and kept_responses.response_id = ${asked.response_id} and kept_responses.created_at_ms > ${asked.since_ms}
     ${lock('kept_responses')}`,
)
