import type { ApiFailure } from '@opencredits/protocol'
import { useContext, useState } from 'preact/hooks'
import { callApi } from '../../shared/api/call-api.ts'
import { asFailure } from '../../shared/api/use-resource.ts'
import { Brand } from '../../shared/parts/brand.tsx'
import { Button } from '../../shared/parts/button.tsx'
import { explainFailure } from '../../shared/parts/explain-failure.ts'
import { SessionContext } from '../../shared/session/session-context.ts'
import { useWords } from '../messages/words-context.ts'

/**
 * The link in a receipt. The token is in the fragment, which no server and no log sees, and is sent only on a click:
 * programs that open links in mails claim nothing.
 */
export function ClaimPage() {
  const { t } = useWords()
  const { refresh } = useContext(SessionContext)
  const [token] = useState(() => location.hash.slice(1))
  const [isBusy, setBusy] = useState(false)
  const [isDone, setDone] = useState(false)
  const [failure, setFailure] = useState<ApiFailure | null>(null)
  const claim = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await callApi('/v1/claims', { method: 'POST', body: { token } })
      history.replaceState(null, '', '/account/claim')
      setDone(true)
      await refresh()
    } catch (error) {
      setFailure(asFailure(error))
    }
    setBusy(false)
  }
  const isUsable = token !== '' && failure?.code !== 'not_found' && failure?.param !== 'token'
  return (
    <main class="lone" id="main">
      <Brand href="/account" />
      <section class="card">
        <h1 tabIndex={-1}>{t(isDone ? 'claimDoneTitle' : isUsable ? 'claimTitle' : 'claimGoneTitle')}</h1>
        <div role="status">
          <p>{t(isDone ? 'claimDoneLead' : isUsable ? 'claimLead' : 'claimGoneLead')}</p>
        </div>
        {isDone || !isUsable ? (
          <a class="button primary" href="/account">
            {t(isDone ? 'toOverview' : 'signInTitle')}
          </a>
        ) : (
          <Button kind="primary" isBusy={isBusy} onPress={() => void claim()}>
            {t('claimButton')}
          </Button>
        )}
        {failure !== null && isUsable && (
          <p class="problem" role="alert">
            {explainFailure(failure, t)}
          </p>
        )}
      </section>
    </main>
  )
}
