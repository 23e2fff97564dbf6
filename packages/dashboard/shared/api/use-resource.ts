import { ApiFailure } from '@opencredits/protocol'
import { useCallback, useContext, useEffect, useState } from 'preact/hooks'
import { SessionContext } from '../session/session-context.ts'
import { callApi } from './call-api.ts'

export interface Resource<Answer> {
  /** The newest answer for this path; null while the first is on its way, or where it failed. */
  readonly data: Answer | null
  readonly failure: ApiFailure | null
  readonly isLoading: boolean
  /** Asks again; what is shown stays until the answer is here. */
  reload(): void
}

interface Loaded<Answer> {
  readonly path: string | null
  readonly data: Answer | null
  readonly failure: ApiFailure | null
}

/** Reads a path of the API, and again when it changes or when the connection comes back. Null reads nothing. */
export function useResource<Answer>(path: string | null): Resource<Answer> {
  const { expire } = useContext(SessionContext)
  const [round, setRound] = useState(0)
  const [loaded, setLoaded] = useState<Loaded<Answer>>({ path: null, data: null, failure: null })
  const reload = useCallback(() => setRound((now) => now + 1), [])

  useEffect(() => {
    if (path === null) return
    const abort = new AbortController()
    callApi<Answer>(path, { signal: abort.signal }).then(
      (data) => {
        if (!abort.signal.aborted) setLoaded({ path, data, failure: null })
      },
      (error: unknown) => {
        if (abort.signal.aborted) return
        const failure = asFailure(error)
        if (failure.code === 'not_signed_in') expire()
        // What was read before is worth more than a page that says that it could not be read again.
        else setLoaded((before) => ({ path, data: before.path === path ? before.data : null, failure }))
      },
    )
    return () => abort.abort()
  }, [path, round, expire])

  const isOffline = loaded.failure?.code === 'network_error'
  useEffect(() => {
    if (!isOffline) return
    addEventListener('online', reload)
    return () => removeEventListener('online', reload)
  }, [isOffline, reload])

  const isCurrent = loaded.path === path
  return {
    data: isCurrent ? loaded.data : null,
    failure: isCurrent ? loaded.failure : null,
    isLoading: !isCurrent,
    reload,
  }
}

export function asFailure(error: unknown): ApiFailure {
  return error instanceof ApiFailure ? error : new ApiFailure('unexpected', { status: 0, message: String(error) })
}
