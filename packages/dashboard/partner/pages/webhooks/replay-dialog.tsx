import { useState } from 'preact/hooks'
import { Button } from '../../../shared/parts/button.tsx'
import { Dialog } from '../../../shared/parts/dialog.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Field } from '../../../shared/parts/field.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'

interface Replayed {
  readonly replayed: number
  readonly has_more: boolean
}

const dayMs = 86_400_000
/** As `datetime-local` has it: the browser's own clock, without a zone. */
const localTime = (atMs: number) =>
  new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

/** Asks since when an endpoint's missed events are sent again. */
export function ReplayDialog({
  path,
  onReplayed,
  onClose,
}: {
  readonly path: string
  readonly onReplayed: () => void
  readonly onClose: () => void
}) {
  const { t } = useWords()
  const { api } = useApp()
  const say = useNotice()
  const act = useAct()
  const [since, setSince] = useState(() => localTime(Date.now() - dayMs))
  const sinceMs = new Date(since).getTime()
  const send = async () => {
    if (Number.isNaN(sinceMs)) return
    await act.run(async () => {
      const answer = await api.post<Replayed>(`${path}/replay`, { since: Math.max(0, Math.floor(sinceMs / 1000)) })
      say(t(answer.has_more ? 'replayedMore' : 'replayed', { count: answer.replayed }))
      onReplayed()
      onClose()
    })
  }
  return (
    <Dialog title={t('replay')} onClose={onClose}>
      <form
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <p>{t('replayLead')}</p>
        <Field
          label={t('replaySince')}
          type="datetime-local"
          min={localTime(Date.now() - 30 * dayMs)}
          max={localTime(Date.now())}
          value={since}
          problem={Number.isNaN(sinceMs) ? t('replaySinceInvalid') : null}
          onInput={(event) => setSince(event.currentTarget.value)}
        />
        {act.failure !== null && (
          <p class="problem" role="alert">
            {explainFailure(act.failure, t)}
          </p>
        )}
        <div class="buttons">
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="primary" isSubmit isBusy={act.isBusy}>
            {t('replay')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
