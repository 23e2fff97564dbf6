export type {
  RequestPrices,
  RequestResponse,
  RequestRun,
  RequestTokens,
} from '@opencredits/protocol'
export { type ClientOptions, createClient, type OpenCreditsClient } from './create-client.ts'
export { type ErrorDetails, InsufficientCreditsError, OpenCreditsError } from './open-credits-error.ts'
export { toOpenCreditsError } from './read-error.ts'
