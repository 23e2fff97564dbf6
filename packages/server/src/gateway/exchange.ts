import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request that was let in, with its body as it came, and its answer to be. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
}
