import type { ClientFiles, FileOwner } from '../files/client-files.ts'
import { AppError } from '../kernel/app-error.ts'
import { type Clock, dayMs, secondMs } from '../kernel/clock.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { resultsIn } from './openai-batches.ts'
import type { ProviderBatch } from './provider-batches.ts'

/** OpenAI keeps the files of a batch for 30 days, where its client names no other time. */
const keptMs = 30 * dayMs

/**
 * Gives the user a file for each that the provider has made. They are made on demand: nothing of them is kept here.
 * @returns the batch's details with their ids.
 */
export async function addOutputFiles(
  deps: { readonly db: DatabaseReader; readonly files: ClientFiles; readonly clock: Clock },
  batch: Row<'batches'>,
  { end }: ProviderBatch,
): Promise<string> {
  const details: Record<string, unknown> = JSON.parse(batch.details)
  const expiresAtMs = deps.clock.nowMs() + lifeMsOf(details)
  const add = async (part: 'output' | 'errors', name: string) => {
    if (resultsIn(JSON.stringify(end), part) === null) return null
    const file = {
      ...({ filename: `${batch.id}_${name}.jsonl`, purpose: 'batch_output', sizeBytes: 0, expiresAtMs } as const),
      source: { kind: 'batch', id: batch.id, part } as const,
    }
    const addToOwner = async () => deps.files.addRemote(await ownerOf(deps.db, batch), file).catch(nobody)
    // Whoever is gone may have signed in just now: then the account has it.
    return ((await addToOwner()) ?? (await addToOwner()))?.id ?? null
  }
  const output = await add('output', 'output')
  return JSON.stringify({ ...details, output_file_id: output, error_file_id: await add('errors', 'error') })
}

/** Of a guest who has signed in since, what is the guest's is the account's. */
async function ownerOf(db: DatabaseReader, batch: Row<'batches'>): Promise<FileOwner> {
  const user = await db
    .selectFrom('users')
    .select('merged_into_user_id')
    .where('id', '=', batch.user_id)
    .executeTakeFirst()
  return { userId: user?.merged_into_user_id ?? batch.user_id, partnerId: batch.partner_id }
}

function lifeMsOf({ output_expires_after: asked }: Record<string, unknown>): number {
  const seconds = typeof asked === 'object' && asked !== null && 'seconds' in asked ? asked.seconds : null
  return typeof seconds === 'number' ? seconds * secondMs : keptMs
}

/** Whoever is gone has no files any more; the batch is settled all the same. */
function nobody(error: unknown): null {
  if (error instanceof AppError) return null
  throw error
}
