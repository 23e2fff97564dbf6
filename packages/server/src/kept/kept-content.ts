import type { KeyObject } from 'node:crypto'

/** One item of a conversation, in the spelling of the Responses API. */
export type KeptItem = Readonly<Record<string, unknown>>

/** What opens an entry: the key that it was kept with. */
export interface KeptOwner {
  readonly keyId: string
  readonly sealingKey: KeyObject
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
export type ResponseToKeep = Omit<KeptResponse, 'createdAtMs'> & {
  /** Values in the JSON of the request. */
  readonly requestNodes: number
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
