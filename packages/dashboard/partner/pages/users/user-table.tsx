import type { PartnerUser } from '@opencredits/protocol'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { UserName } from '../../parts/user-name.tsx'

export function UserTable({ users }: { readonly users: readonly PartnerUser[] }) {
  const { t, format } = useWords()
  const { href } = useApp()
  return (
    <ScrollArea label={t('usersTitle')}>
      <table>
        <caption class="visually-hidden">{t('usersTitle')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('user')}</th>
            <th scope="col" class="wide">
              {t('firstSeen')}
            </th>
            <th scope="col">{t('lastSeen')}</th>
            <th scope="col" class="number">
              {t('callsHead')}
            </th>
            <th scope="col" class="number wide">
              {t('bought')}
            </th>
            <th scope="col" class="number wide">
              {t('usersPaid')}
            </th>
            <th scope="col" class="number">
              {t('youEarn')}
            </th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.id}>
              <th scope="row">
                <a href={href(`users/${user.id}`)}>
                  <UserName id={user.id} />
                </a>
              </th>
              <td class="wide">{format.date(user.first_seen_at)}</td>
              <td>{format.ago(user.last_seen_at, Date.now())}</td>
              <td class="number">{format.number(user.calls)}</td>
              <td class="number wide">{format.credits(user.bought)}</td>
              <td class="number wide">{format.charge(user.charge)}</td>
              <td class="number">{format.charge(user.referral_share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}
