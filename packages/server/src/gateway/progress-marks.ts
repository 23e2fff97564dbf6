import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { InFlight } from './in-flight.ts'

/** Writes down how far the running streams are, so that after a crash they can be charged for what they had given. */
export async function markProgress(db: Database, inFlight: InFlight): Promise<void> {
  const marks = [...inFlight.calls].flatMap((call) => {
    const progress = call.progress()
    return progress === null ? [] : [{ id: call.requestId, ...progress }]
  })
  if (marks.length === 0) return
  await transact(
    db,
    async (transaction) => {
      for (const mark of marks) {
        await transaction
          .updateTable('requests')
          .set({
            progress_output_tokens: mark.outputTokens,
            ...(mark.inputTokens === null ? {} : { input_tokens: mark.inputTokens }),
          })
          .where('id', '=', mark.id)
          .where('state', '=', 'admitted')
          .execute()
      }
    },
    'process',
  )
}
