import type { DatabaseTransaction } from '../store/open-database.ts'

/** Takes out of a user's batches what the user's clients wrote into them. Those under way are settled all the same. */
export async function eraseBatches(transaction: DatabaseTransaction, userId: string): Promise<void> {
  const own = transaction.selectFrom('batches').select('id').where('user_id', '=', userId)
  await transaction.updateTable('batch_items').set({ custom_id: '' }).where('batch_id', 'in', own).execute()
  const described = await transaction
    .selectFrom('batches')
    .select(['id', 'details'])
    .where('user_id', '=', userId)
    .where('details', 'like', '%"metadata"%')
    .execute()
  for (const { id, details } of described) {
    const { metadata: _metadata, ...rest }: Record<string, unknown> = JSON.parse(details)
    await transaction
      .updateTable('batches')
      .set({ details: JSON.stringify(rest) })
      .where('id', '=', id)
      .execute()
  }
}
