import type { InvitedRole, Member } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { Button } from '../../../shared/parts/button.tsx'
import { Confirmation } from '../../../shared/parts/confirmation.tsx'
import { Dialog } from '../../../shared/parts/dialog.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { explainMemberFailure } from '../../parts/explain-member-failure.ts'
import { RoleTiles } from './role-tiles.tsx'

interface MemberDialogProps {
  readonly member: Member
  readonly onClose: () => void
  readonly onChanged: () => void
}

/** A member's role, and the ways out of it: removed from the app, or made its owner. */
export function MemberDialog({ member, onClose, onChanged }: MemberDialogProps) {
  const { t } = useWords()
  const { api, role: ownRole, reload } = useApp()
  const say = useNotice()
  const act = useAct()
  const [role, setRole] = useState<InvitedRole>(member.role === 'owner' ? 'admin' : member.role)
  const [step, setStep] = useState<'role' | 'remove' | 'owner'>('role')
  const path = `/v1/partner/members/${member.id}`
  const done = (text: string) => {
    say(text)
    // One's own role, too, may be another one now.
    reload()
    onChanged()
    onClose()
  }
  if (step === 'remove')
    return (
      <Confirmation
        title={t('memberRemoveQuestion')}
        text={t('memberRemoveLead', { email: member.email })}
        confirm={t('memberRemove')}
        onConfirm={() => api.delete(path).then(() => done(t('memberRemoved')))}
        onClose={onClose}
      />
    )
  if (step === 'owner')
    return (
      <Confirmation
        title={t('makeOwnerQuestion')}
        text={t('makeOwnerLead', { email: member.email })}
        confirm={t('makeOwner')}
        onConfirm={() => api.post('/v1/partner/owner', { member_id: member.id }).then(() => done(t('makeOwnerDone')))}
        onClose={onClose}
      />
    )
  const save = async () => {
    if (await act.run(() => api.patch(path, { role }))) done(t('roleChanged'))
  }
  return (
    <Dialog title={member.email} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <RoleTiles value={role} onChoose={setRole} />
        {act.failure !== null && (
          <p class="problem" role="alert">
            {explainMemberFailure(act.failure, t)}
          </p>
        )}
        <div class="status-line">
          {!member.is_you && (
            <button type="button" class="link" onClick={() => setStep('remove')}>
              {t('memberRemove')}
            </button>
          )}
          {ownRole === 'owner' && (
            <button type="button" class="link" onClick={() => setStep('owner')}>
              {t('makeOwner')}
            </button>
          )}
        </div>
        <div class="buttons">
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="primary" isSubmit isBusy={act.isBusy}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
