import { ApiFailure } from '@opencredits/protocol'
import { createContext } from 'preact'
import { useContext, useState } from 'preact/hooks'
import { asFailure } from '../api/use-resource.ts'
import { SessionContext } from './session-context.ts'

/** Asks for a new code or a passkey. True once the user is who they were; false if they would rather not. */
export const VerifyContext = createContext<() => Promise<boolean>>(async () => false)

export interface Act {
  readonly isBusy: boolean
  readonly failure: ApiFailure | null
  /** True if it was done. What needs a recent sign-in asks for one and is done again. */
  run(act: () => Promise<unknown>): Promise<boolean>
  /** Takes the failure off the page. */
  forget(): void
}

/** One thing that the user does at a time: a second press while it runs does nothing. */
export function useAct(): Act {
  const verify = useContext(VerifyContext)
  const { expire } = useContext(SessionContext)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiFailure | null>(null)
  const run = async (act: () => Promise<unknown>): Promise<boolean> => {
    if (isBusy) return false
    setBusy(true)
    setFailure(null)
    try {
      await act().catch(async (error: unknown) => {
        if (!(error instanceof ApiFailure) || error.code !== 'recent_sign_in_required') throw error
        if (!(await verify())) throw new ApiFailure('given_up', { status: 0 })
        await act()
      })
      return true
    } catch (error) {
      const failed = asFailure(error)
      if (failed.code === 'not_signed_in') expire()
      else if (failed.code !== 'given_up') setFailure(failed)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, failure, run, forget: () => setFailure(null) }
}
