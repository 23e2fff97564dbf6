import type { DatabaseTransaction } from '../store/open-database.ts'

/**
 * Takes out of users' batches what their clients wrote into them. Those under way are settled all the same.
 * @param userIds a user, and the guests whom the user was: a batch stays the guest's that made it
 */
export async function eraseBatches(transaction: DatabaseTransaction, userIds: readonly string[]): Promise<void> {
  const own = transaction.selectFrom('batches').select('id').where('user_id', 'in', userIds)
  await transaction.updateTable('batch_items').set({ custom_id: '' }).where('batch_id', 'in', own).execute()
  const described = await transaction
    .selectFrom('batches')
    .select(['id', 'details'])
    .where('user_id', 'in', userIds)
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
