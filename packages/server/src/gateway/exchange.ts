import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestBody } from '../http/request-body.ts'
import type { CallPlace } from './request-limits.ts'

/** A request that was let in, with its body, and its answer to be. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: RequestBody
  readonly place: CallPlace
}
