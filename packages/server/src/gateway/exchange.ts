import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestBody } from '../http/request-body.ts'

/** A request that was let in, with its body, and its answer to be. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: RequestBody
}
