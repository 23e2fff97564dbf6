import type { Member } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { AppLogo } from '../../../shared/parts/app-logo.tsx'
import { useWords } from '../../messages/words-context.ts'
import { roleNames } from '../../parts/role-names.ts'
import { MemberDialog } from './member-dialog.tsx'

/** @param canManage whether the reader may change the others */
export function MemberList({
  members,
  canManage,
  onChanged,
}: {
  readonly members: readonly Member[]
  readonly canManage: boolean
  readonly onChanged: () => void
}) {
  const { t, format } = useWords()
  const [changed, setChanged] = useState<Member | null>(null)
  return (
    <>
      <ul class="lines people">
        {members.map((member) => (
          <li key={member.id}>
            <AppLogo name={member.email} url={null} />
            <div>
              <p>
                {member.email} {member.is_you && <span class="tag">{t('you')}</span>}
              </p>
              <p class="soft">
                {t(roleNames[member.role])} · {t('joined', { date: format.date(member.joined_at) })}
              </p>
            </div>
            {canManage && member.role !== 'owner' && (
              <button
                type="button"
                class="button small"
                aria-label={t('changeMember', { email: member.email })}
                onClick={() => setChanged(member)}
              >
                {t('change')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {changed !== null && (
        <MemberDialog key={changed.id} member={changed} onClose={() => setChanged(null)} onChanged={onChanged} />
      )}
    </>
  )
}
