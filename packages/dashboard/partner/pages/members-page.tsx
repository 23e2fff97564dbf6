import type { MemberListResponse } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer } from '../../shared/parts/answer.tsx'
import { Button } from '../../shared/parts/button.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useApp } from '../app/app-context.ts'
import { useWords } from '../messages/words-context.ts'
import { InvitationList } from './members/invitation-list.tsx'
import { InviteDialog } from './members/invite-dialog.tsx'
import { MemberList } from './members/member-list.tsx'
import { RightsTable } from './members/rights-table.tsx'
import { WaysOut } from './members/ways-out.tsx'

/** The app's members, its invitations, and what each role may do. Both worlds have the same members. */
export function MembersPage() {
  const { t } = useWords()
  const { app, api } = useApp()
  const members = useResource<MemberListResponse>(api.path('/v1/partner/members'))
  const [isInviting, setInviting] = useState(false)
  const isManager = app.permissions.includes('members:write')
  const canManage = isManager && app.state === 'approved'
  return (
    <Page
      title={t('membersTitle')}
      lead={t('membersLead')}
      actions={
        canManage && (
          <Button kind="primary" onPress={() => setInviting(true)}>
            {t('invite')}
          </Button>
        )
      }
    >
      <section class="card" aria-labelledby="members">
        <h2 id="members">{t('membersTitle')}</h2>
        <Answer of={members} rows={3}>
          {({ data }) => <MemberList members={data} canManage={canManage} onChanged={members.reload} />}
        </Answer>
        {isManager && app.state === 'pending' && <p class="note">{t('inviteHeld')}</p>}
      </section>
      {members.data !== null && (isManager || members.data.invitations.length > 0) && (
        <section class="card" aria-labelledby="invitations">
          <h2 id="invitations">{t('invitations')}</h2>
          <InvitationList invitations={members.data.invitations} canManage={canManage} onChanged={members.reload} />
        </section>
      )}
      <RightsTable />
      <WaysOut />
      {isInviting && <InviteDialog onClose={() => setInviting(false)} onDone={members.reload} />}
    </Page>
  )
}
