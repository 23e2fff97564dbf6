import type { SeenCall } from './make-call.ts'
import type { ServerProcess } from './server-process.ts'

/** A call may end a moment after its client has seen the connection break. */
const afterwardsMs = 60_000

/** Something was done to the call's server, while it ran, that others may take for its death. */
export function isServerLost(servers: readonly ServerProcess[], call: SeenCall): boolean {
  const server = servers.find(({ name }) => name === call.server)
  return (server?.lostAtMs ?? []).some(
    (atMs) =>
      atMs >= call.startedAtMs &&
      (atMs <= call.endedAtMs || call.ending !== 'finished') &&
      atMs <= call.endedAtMs + afterwardsMs,
  )
}
