import type { Generated } from 'kysely'

/** Files that clients keep with us. Their bytes are elsewhere (`FILES_URL`), sealed; their names are sealed here. */
export interface FilesSchema {
  files: FilesTable
  file_keys: FileKeysTable
  file_bytes: FileBytesTable
  file_chunks: FileChunksTable
  file_copies: FileCopiesTable
}

export interface FilesTable {
  /** `file_…`, the same for clients of both formats. */
  id: string
  /** The owner: whoever uploaded it, in this app. */
  user_id: string
  partner_id: string
  /** The row of `file_keys` whose key seals its bytes and its name. */
  key_id: string
  /** Keyed hash of the bytes and their owner, by which the same upload is found again; null once it is deleted. */
  content_hash: string | null
  /** Sealed. */
  filename: string
  mime_type: string
  size_bytes: number
  /** Of OpenAI's clients; null for Anthropic's. */
  purpose: string | null
  /** What makes the bytes when they are asked for, such as a batch for its output; null where they are stored. */
  source_kind: string | null
  source_id: string | null
  source_part: string | null
  created_at_ms: number
  /** Requests that have brought it to a model, and when the last did. */
  uses: Generated<number>
  last_used_at_ms: number | null
  /** Null: kept until it is deleted. */
  expires_at_ms: number | null
  /** Deleted by its owner, or over. The bytes go a day later. */
  deleted_at_ms: number | null
}

/** The random key of an owner's files, wrapped by the pepper. Without its row nobody can read them. */
export interface FileKeysTable {
  /** Made from the owner for whom it was made; a guest's key goes with its files to the account. */
  id: string
  user_id: string
  partner_id: string
  wrapped_key: string
  created_at_ms: number
}

/** How much there is of one user's files. */
export interface FileBytesTable {
  user_id: string
  /** Of files that can be used. */
  bytes: number
  files: number
  /** With those that are deleted and still on the disk. */
  stored_bytes: number
}

/** `FILES_URL=postgres:`. PostgreSQL only. */
export interface FileChunksTable {
  file_id: string
  position: number
  bytes: Buffer
  written_at_ms: number
}

/** What of a file is at a provider, for calls that are too large with it inline. Each expires there within a day. */
export interface FileCopiesTable {
  file_id: string
  /** Of the provider's key: a copy is seen with the key that brought it, and with no other. */
  key_hash: string
  provider: string
  /** Null while a server uploads it. */
  provider_file_id: string | null
  /** Until then the server that uploads it is waited for. */
  claimed_until_ms: number
  expires_at_ms: number
}
