import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { openDiskStore } from './disk-store.ts'
import type { FileStore } from './file-store.ts'
import { openPostgresStore } from './postgres-store.ts'

/** `FILES_URL`. */
export type FileStoreAddress = { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'postgres' }

export function openFileStore(
  address: FileStoreAddress,
  deps: { readonly db: Database; readonly clock: Clock },
): FileStore {
  return address.kind === 'folder' ? openDiskStore(address.path) : openPostgresStore(deps)
}
