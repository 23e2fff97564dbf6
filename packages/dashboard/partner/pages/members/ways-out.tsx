import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { Button } from '../../../shared/parts/button.tsx'
import { Confirmation } from '../../../shared/parts/confirmation.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'

/** The owner closes the app; everybody else leaves it. Both work whatever the app's state. */
export function WaysOut() {
  const { t } = useWords()
  const { app, role, api, reload } = useApp()
  const { route } = useLocation()
  const say = useNotice()
  const [isAsking, setAsking] = useState(false)
  const isOwner = role === 'owner'
  if (isOwner && app.state === 'closed') return null
  const isPending = app.state === 'pending'
  const title = t(isOwner ? (isPending ? 'takeBack' : 'closeApp') : 'leave')
  const lead = t(isOwner ? (isPending ? 'takeBackLead' : 'closeLead') : 'leaveLead')
  const confirm = async () => {
    if (isOwner) {
      await api.post('/v1/partner/close')
      say(t('closed'))
    } else {
      await api.delete('/v1/partner/members/me')
      route('/partner')
    }
    reload()
  }
  return (
    <section class="card danger-zone" aria-labelledby="way-out">
      <div>
        <h2 id="way-out">{title}</h2>
        <p class="soft">{lead}</p>
      </div>
      <Button kind="danger" onPress={() => setAsking(true)}>
        {title}
      </Button>
      {isAsking && (
        <Confirmation
          title={t(isOwner ? 'closeQuestion' : 'leaveQuestion')}
          text={lead}
          confirm={title}
          {...(isOwner && !isPending && { typed: { word: app.name, label: t('closeTyped', { name: app.name }) } })}
          onConfirm={confirm}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  )
}
