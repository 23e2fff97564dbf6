import { olderKeyId } from '../credits/list-requests.ts'
import type { DatabaseReader } from '../store/open-database.ts'

export const olderKeyName = 'Older calls'

export interface KeyName {
  readonly name: string | null
  readonly lastFour: string
}

/** What people call the apps and keys of a list. */
export interface Names {
  app(partnerId: string): string
  key(keyId: string): KeyName
}

/** @param ids those that the list has, each as often as it likes; null for none */
export async function readNames(
  db: DatabaseReader,
  ids: { readonly partnerIds: readonly string[]; readonly keyIds: readonly (string | null)[] },
): Promise<Names> {
  const partnerIds = [...new Set(ids.partnerIds)]
  const keyIds = [...new Set(ids.keyIds)].filter((id) => id !== null)
  const partners =
    partnerIds.length === 0
      ? []
      : await db.selectFrom('partners').select(['id', 'name']).where('id', 'in', partnerIds).execute()
  const keys =
    keyIds.length === 0
      ? []
      : await db.selectFrom('keys').select(['id', 'name', 'last_four']).where('id', 'in', keyIds).execute()
  const appNames = new Map(partners.map(({ id, name }) => [id, name]))
  const keyNames = new Map(keys.map(({ id, name, last_four }) => [id, { name, lastFour: last_four }]))
  return {
    app: (partnerId) => appNames.get(partnerId) ?? partnerId,
    key: (keyId) => keyNames.get(keyId) ?? { name: keyId === olderKeyId ? olderKeyName : null, lastFour: '' },
  }
}
