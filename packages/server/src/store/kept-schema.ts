/** What clients keep with us: encrypted under a key that only they can give. Ids and sizes are in the clear, content is not. */
export interface KeptSchema {
  kept_responses: KeptResponsesTable
  kept_items: KeptItemsTable
  kept_bytes: KeptBytesTable
}

/** A response of the Responses API that its client did not ask to forget (`store: false`). */
export interface KeptResponsesTable {
  /** The key whose secret opens it, and nobody else's. */
  key_id: string
  /** As the client knows it: `resp_…`. */
  response_id: string
  /** The response that it continues, of the same key; null for the first of a conversation. */
  previous_id: string | null
  /** JSON array: the ids of its output items that `kept_items` finds. */
  item_ids: string
  /** Values in the JSON of its request and its answer, as the limit of a request body counts them. */
  nodes: number
  /** Sealed: the items of its output; of a short response all of it. */
  output: string
  output_bytes: number
  /**
   * Sealed: the items of its input, and the response without its output. Empty where `output` has them, null once they had
   * to make room.
   */
  rest: string | null
  rest_bytes: number
  created_at_ms: number
}

/** Finds an output item by its id: `item_reference`. */
export interface KeptItemsTable {
  key_id: string
  item_id: string
  response_id: string
}

/** How much is kept of one user. */
export interface KeptBytesTable {
  user_id: string
  bytes: number
}
