import type { Invitation, InvitedRole } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { Button } from '../../../shared/parts/button.tsx'
import { Dialog } from '../../../shared/parts/dialog.tsx'
import { Field } from '../../../shared/parts/field.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { explainMemberFailure } from '../../parts/explain-member-failure.ts'
import { RoleTiles } from './role-tiles.tsx'

export function InviteDialog({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const { t } = useWords()
  const { api } = useApp()
  const say = useNotice()
  const act = useAct()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<InvitedRole>('developer')
  const [problem, setProblem] = useState<string | null>(null)
  const send = async () => {
    if (!/^\S+@\S+\.\S+$/.test(email.trim())) return setProblem(t('emailInvalid'))
    setProblem(null)
    if (!(await act.run(() => api.post<Invitation>('/v1/partner/invitations', { email: email.trim(), role })))) return
    say(t('invited'))
    onDone()
    onClose()
  }
  return (
    <Dialog title={t('invite')} onClose={onClose}>
      <form
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <p class="soft">{t('inviteLead')}</p>
        <Field
          label={t('emailLabel')}
          type="email"
          autoComplete="off"
          spellcheck={false}
          value={email}
          problem={problem}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <RoleTiles value={role} onChoose={setRole} />
        {act.failure !== null && (
          <p class="problem" role="alert">
            {explainMemberFailure(act.failure, t)}
          </p>
        )}
        <div class="buttons">
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="primary" isSubmit isBusy={act.isBusy}>
            {t('inviteSend')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
