import type { KeyObject } from 'node:crypto'

/** One item of a conversation, in the spelling of the Responses API. */
export type KeptItem = Readonly<Record<string, unknown>>

/** What opens an entry: the key that it was kept with. */
export interface KeptOwner {
  readonly keyId: string
  readonly sealingKey: KeyObject
  /** False in the test world. */
  readonly livemode?: boolean
}

/** A response that is kept, with what it answered. */
export interface KeptResponse {
  readonly id: string
  readonly previousId: string | null
  /** Whose model answered: what it encrypted is of no use to another provider's. */
  readonly provider: string
  readonly createdAtMs: number
  /** The client's own items, without the conversation before them. */
  readonly input: readonly KeptItem[]
  readonly output: readonly KeptItem[]
  /** The response without its output. */
  readonly envelope: KeptItem
}

/** What of a request and its answer is to be kept. */
export type ResponseToKeep = Omit<KeptResponse, 'createdAtMs'>

/** Ids as we and the providers make them; no other is looked for, and PostgreSQL could not even be asked for some. */
export function isKeptId(id: unknown): id is string {
  return typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id)
}

/** An output item that was referred to. */
export interface FoundItem {
  readonly item: KeptItem
  readonly provider: string
}

/** What a request may bring back at once. */
export interface RecallLimits {
  /**
   * Called before anything is decrypted, with the size of it: bytes as they are kept, and values of JSON.
   * @throws AppError where that is more than the request may have.
   */
  take(bytes: number, nodes: number): void
}
