import type { Logger } from 'pino'
import type { Counter } from '../counting/counter.ts'
import type { ClientFiles } from '../files/client-files.ts'
import type { ReadBody } from '../http/read-body.ts'
import type { KeptResponses } from '../kept/kept-responses.ts'
import type { Clock } from '../kernel/clock.ts'
import type { KeyAuthenticator } from '../keys/authenticate-key.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Observations } from '../partners/observations.ts'
import type { PartnerDirectory } from '../partners/partner.ts'
import type { Catalogue } from '../pricing/catalogue.ts'
import type { GenerationSpeeds } from '../pricing/generation-speed.ts'
import type { Database } from '../store/open-database.ts'
import type { SaidCounter } from './count-said.ts'
import type { CountTurns } from './count-turns.ts'
import type { Documents } from './fetch-document.ts'
import type { FileCopies } from './file-copies.ts'
import type { Upstreams } from './forward.ts'
import type { InFlight } from './in-flight.ts'
import type { FundsLook } from './look-at-funds.ts'
import type { RequestLimits } from './request-limits.ts'
import type { OnCallEnded } from './settle-request.ts'
import type { OnStreamFault } from './stream-fault.ts'

/** What calls of test keys have of their own: simulated models in the place of providers. */
export type TestCalls = Pick<
  GatewayDeps,
  'upstreams' | 'counter' | 'saidCounter' | 'speeds' | 'fileCopies' | 'onStreamFault' | 'logger'
>

export interface GatewayDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  /** This process: its holds are resolved by others when it is dead. */
  readonly serverId: string
  readonly authenticator: KeyAuthenticator
  readonly partners: PartnerDirectory
  readonly observations: Pick<Observations, 'note'>
  readonly catalogue: Catalogue
  readonly upstreams: Upstreams
  readonly testCalls: TestCalls
  readonly inFlight: InFlight
  readonly onCallEnded: OnCallEnded
  readonly operatorFeeBasisPoints: number
  readonly limits: RequestLimits
  readonly funds: FundsLook
  readonly readBody: ReadBody
  /** What clients keep with us. */
  readonly kept: KeptResponses
  readonly files: ClientFiles
  readonly fileCopies: FileCopies
  readonly pepper: Pepper
  readonly documents: Documents
  readonly counter: Counter
  /** Whose turn it is to have a prompt counted before it is held. */
  readonly countTurns: CountTurns
  readonly saidCounter: SaidCounter
  readonly speeds: GenerationSpeeds
  readonly onStreamFault: OnStreamFault
  /** How long the answer of a client that has left is read on for its count. */
  readonly clientGoneReadMsMax: number
  /** A client that takes nothing of its stream for so long has left. */
  readonly clientStallMsMax: number
  /** How long a stream may be silent before the client is told that it is alive. */
  readonly pingIntervalMs: number
  /** Where a user tops up, for the message of a 402. */
  readonly publicUrl: string
}
