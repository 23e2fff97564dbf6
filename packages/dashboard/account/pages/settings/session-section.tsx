import type { SessionListResponse } from '@opencredits/protocol'
import { useContext } from 'preact/hooks'
import { callApi } from '../../../shared/api/call-api.ts'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer } from '../../../shared/parts/answer.tsx'
import { Button } from '../../../shared/parts/button.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { SessionContext } from '../../../shared/session/session-context.ts'
import { useAct } from '../../../shared/session/use-act.ts'
import { useWords } from '../../messages/words-context.ts'

/** Where this user is signed in, and the way to end it. */
export function SessionSection() {
  const { t } = useWords()
  const sessions = useResource<SessionListResponse>('/v1/sessions')
  return (
    <section class="card" aria-labelledby="sessions">
      <h2 id="sessions">{t('sessions')}</h2>
      <p class="soft">{t('sessionsLead')}</p>
      <Answer of={sessions} rows={3}>
        {({ data }) => (
          <ul class="lines">
            {data.map((session) => (
              <SessionLine key={session.id} session={session} onEnded={sessions.reload} />
            ))}
          </ul>
        )}
      </Answer>
    </section>
  )
}

function SessionLine({
  session,
  onEnded,
}: {
  readonly session: SessionListResponse['data'][number]
  readonly onEnded: () => void
}) {
  const { t, format } = useWords()
  const { leave } = useContext(SessionContext)
  const say = useNotice()
  const act = useAct()
  const end = async () => {
    if (!(await act.run(() => callApi(`/v1/sessions/${session.id}`, { method: 'DELETE' })))) return
    if (session.is_current) return leave('left')
    say(t('sessionEnded'))
    onEnded()
  }
  const device = session.device ?? t('deviceUnknown')
  return (
    <li>
      <div>
        <p>
          {device} {session.is_current && <span class="tag good">{t('thisDevice')}</span>}
        </p>
        <p class="soft">
          {session.app !== null && <>{t('inApp', { app: session.app })} · </>}
          {session.address !== null && <>{session.address} · </>}
          {t('usedAgo', { ago: format.ago(session.last_used_at, Date.now()) })}
        </p>
        {act.failure !== null && (
          <p class="problem" role="alert">
            {explainFailure(act.failure, t)}
          </p>
        )}
      </div>
      <Button isBusy={act.isBusy} onPress={() => void end()}>
        {t(session.is_current ? 'signOut' : 'endSession')}
        <span class="visually-hidden"> {device}</span>
      </Button>
    </li>
  )
}
