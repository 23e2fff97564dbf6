import { type MemberRole, memberPermissions, memberRoles, type PartnerPermission } from '@opencredits/protocol'
import { Icon } from '../../../shared/parts/icons.tsx'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { type TitleKey, useWords } from '../../messages/words-context.ts'
import { roleNames } from '../../parts/role-names.ts'

const rights: readonly { readonly name: TitleKey; readonly permission: PartnerPermission }[] = [
  { name: 'rightFigures', permission: 'usage:read' },
  { name: 'rightPayouts', permission: 'payouts:read' },
  { name: 'rightSettings', permission: 'app:write' },
  { name: 'rightMembers', permission: 'members:write' },
]

/** From the table by which the server decides. */
export function RightsTable() {
  const { t } = useWords()
  const rows = [
    ...rights.map(({ name, permission }) => ({
      name,
      has: (role: MemberRole) => memberPermissions[role].includes(permission),
    })),
    { name: 'rightOwn' as const, has: (role: MemberRole) => role === 'owner' },
  ]
  return (
    <section class="card flush" aria-labelledby="rights">
      <h2 id="rights">{t('rightsTitle')}</h2>
      <ScrollArea label={t('rightsTitle')}>
        <table class="rights">
          <thead>
            <tr>
              <th scope="col">
                <span class="visually-hidden">{t('rightsTitle')}</span>
              </th>
              {memberRoles.map((role) => (
                <th key={role} scope="col">
                  {t(roleNames[role])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, has }) => (
              <tr key={name}>
                <th scope="row">{t(name)}</th>
                {memberRoles.map((role) => (
                  <td key={role}>
                    {has(role) && <Icon name="check" />}
                    <span class="visually-hidden">{t(has(role) ? 'yes' : 'no')}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </section>
  )
}
