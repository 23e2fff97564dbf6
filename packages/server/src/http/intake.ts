import { createBodiesInFlight } from './bodies-in-flight.ts'
import type { ClientAddress } from './client-address.ts'
import { createDoor, type Door } from './door.ts'
import { createBodyReader, type ReadBody } from './read-body.ts'
import { createJsonReader, type ReadJson } from './read-json.ts'
import { createUploadReader, type ReadUpload } from './read-upload.ts'
import type { CreateThrottle } from './throttle.ts'

/** How requests come in: who may ask how often, and how their bodies are read. */
export interface Intake {
  readonly door: Door
  readonly readBody: ReadBody
  readonly readJson: ReadJson
  readonly readUpload: ReadUpload
  readonly clientAddress: ClientAddress
}

/** Room for two of the largest bodies. */
const ownerBytesMax = 100 * 1024 * 1024

export function createIntake(deps: {
  readonly addressRequestsPerMinute: number
  readonly bodyBytesInFlightMax: number
  readonly createThrottle: CreateThrottle
  readonly clientAddress: ClientAddress
}): Intake {
  const { createThrottle, clientAddress } = deps
  const inFlight = createBodiesInFlight({ ownerBytesMax, serverBytesMax: deps.bodyBytesInFlightMax })
  const readBody = createBodyReader(inFlight)
  return {
    door: createDoor({ addressPerMinute: deps.addressRequestsPerMinute, createThrottle, clientAddress }),
    readBody,
    readJson: createJsonReader(readBody, clientAddress),
    readUpload: createUploadReader(inFlight),
    clientAddress,
  }
}
