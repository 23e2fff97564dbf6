import type { SessionResponse } from '@opencredits/protocol'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { callApi } from '../api/call-api.ts'
import { asFailure } from '../api/use-resource.ts'
import type { SessionKeeper, SessionState } from './session-context.ts'

/** Knows whether this browser is signed in. */
export function useSessionKeeper(): SessionKeeper {
  const [state, setState] = useState<SessionState>({ name: 'asking' })
  const refresh = useCallback(async () => {
    try {
      setState({ name: 'signed_in', session: await callApi<SessionResponse>('/v1/session') })
    } catch (error) {
      const failure = asFailure(error)
      setState(failure.code === 'not_signed_in' ? { name: 'signed_out', notice: null } : { name: 'unknown', failure })
    }
  }, [])
  useEffect(() => void refresh(), [refresh])
  useEffect(() => {
    if (state.name !== 'unknown') return
    const retry = () => void refresh()
    addEventListener('online', retry)
    return () => removeEventListener('online', retry)
  }, [state, refresh])
  return useMemo(
    () => ({
      state,
      refresh,
      enter: (session: SessionResponse) => setState({ name: 'signed_in', session }),
      expire: () => setState({ name: 'signed_out', notice: 'expired' }),
      leave: (notice: 'left' | 'deleted') => setState({ name: 'signed_out', notice }),
    }),
    [state, refresh],
  )
}
