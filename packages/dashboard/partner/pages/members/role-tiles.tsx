import type { InvitedRole } from '@opencredits/protocol'
import { useId } from 'preact/hooks'
import { useWords } from '../../messages/words-context.ts'
import { roleNames } from '../../parts/role-names.ts'

const hints = {
  admin: 'roleAdminHint',
  developer: 'roleDeveloperHint',
  finance: 'roleFinanceHint',
  viewer: 'roleViewerHint',
} as const

const invitedRoles: readonly InvitedRole[] = ['admin', 'developer', 'finance', 'viewer']

/** One of the roles that can be given, each with what it may do. */
export function RoleTiles({
  value,
  onChoose,
}: {
  readonly value: InvitedRole
  readonly onChoose: (role: InvitedRole) => void
}) {
  const { t } = useWords()
  const name = useId()
  return (
    <fieldset class="roles">
      <legend>{t('role')}</legend>
      {invitedRoles.map((role) => (
        <label key={role}>
          <input type="radio" name={name} checked={role === value} onChange={() => onChoose(role)} />
          <span>
            {t(roleNames[role])}
            <small class="block">{t(hints[role])}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
