import type { Invitation } from '@opencredits/protocol'
import { Empty } from '../../../shared/parts/answer.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { explainMemberFailure } from '../../parts/explain-member-failure.ts'
import { roleNames } from '../../parts/role-names.ts'

/** Invitations that nobody has answered yet. */
export function InvitationList({
  invitations,
  canManage,
  onChanged,
}: {
  readonly invitations: readonly Invitation[]
  readonly canManage: boolean
  readonly onChanged: () => void
}) {
  const { t, format } = useWords()
  const { api } = useApp()
  const say = useNotice()
  const act = useAct()
  const run = async (ask: () => Promise<unknown>, text: string) => {
    if (await act.run(ask)) say(text)
    onChanged()
  }
  if (invitations.length === 0) return <Empty icon="members" title={t('invitationsEmpty')} />
  return (
    <>
      <ul class="lines people">
        {invitations.map((invitation) => {
          const path = `/v1/partner/invitations/${invitation.id}`
          return (
            <li key={invitation.id}>
              <div>
                <p>
                  {invitation.email} {invitation.is_expired && <span class="tag bad">{t('invitationExpired')}</span>}
                </p>
                <p class="soft">
                  {t(roleNames[invitation.role])} ·{' '}
                  {t('invitationSent', { ago: format.ago(invitation.sent_at, Date.now()) })}
                </p>
              </div>
              {canManage && (
                <span class="status-line">
                  <button
                    type="button"
                    class="button small"
                    onClick={() => void run(() => api.post(`${path}/resend`), t('sentAgain'))}
                  >
                    {t('sendAgain')}
                    <span class="visually-hidden"> {invitation.email}</span>
                  </button>
                  <button
                    type="button"
                    class="button small"
                    onClick={() => void run(() => api.delete(path), t('withdrawn'))}
                  >
                    {t('withdraw')}
                    <span class="visually-hidden"> {invitation.email}</span>
                  </button>
                </span>
              )}
            </li>
          )
        })}
      </ul>
      <p class="problem" role="alert">
        {act.failure === null ? '' : explainMemberFailure(act.failure, t)}
      </p>
    </>
  )
}
