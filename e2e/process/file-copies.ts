import { createFileCopies, type FileCopies } from '../../packages/server/src/gateway/file-copies.ts'
import { createUpstreams } from '../../packages/server/src/gateway/forward.ts'
import { systemClock } from '../../packages/server/src/kernel/clock.ts'
import type { Pepper } from '../../packages/server/src/keys/pepper.ts'
import type { Database } from '../../packages/server/src/store/open-database.ts'

/** Copies at a provider, as a server with these keys has them. */
export function openCopies(of: {
  readonly db: Database
  readonly pepper: Pepper
  readonly apiKeys: readonly string[]
  readonly baseUrl: string
}): FileCopies {
  const none = { apiKeys: [], baseUrl: 'http://127.0.0.1:1' }
  const upstreams = createUpstreams({
    providers: { anthropic: of, openai: none, google: none, xai: none },
    timeouts: { connectMs: 5_000, firstByteMs: 5_000, idleMs: 5_000 },
    clock: systemClock,
  })
  return createFileCopies({ ...of, clock: systemClock, upstreams })
}
