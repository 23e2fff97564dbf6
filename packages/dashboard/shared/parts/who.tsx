import { useContext } from 'preact/hooks'
import { callApi } from '../api/call-api.ts'
import { useWords } from '../messages/words-context.ts'
import { SessionContext } from '../session/session-context.ts'
import { useAct } from '../session/use-act.ts'
import { explainFailure } from './explain-failure.ts'

/** Who is signed in, and the way out. */
export function Who({ email }: { readonly email: string }) {
  const { t } = useWords()
  const { leave } = useContext(SessionContext)
  const act = useAct()
  const signOut = () =>
    act.run(async () => {
      await callApi('/v1/session', { method: 'DELETE' })
      leave('left')
    })
  return (
    <div class="who">
      <span class="email" title={email}>
        {email}
      </span>
      <button type="button" class="link" onClick={() => void signOut()}>
        {t('signOut')}
      </button>
      {act.failure !== null && (
        <p class="problem" role="alert">
          {explainFailure(act.failure, t)}
        </p>
      )}
    </div>
  )
}
