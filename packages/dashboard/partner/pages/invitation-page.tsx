import type { ApiFailure, InvitationOffer, MemberApp } from '@opencredits/protocol'
import { useContext, useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { callApi } from '../../shared/api/call-api.ts'
import { asFailure } from '../../shared/api/use-resource.ts'
import { Empty, Failure, Skeleton } from '../../shared/parts/answer.tsx'
import { AppLogo } from '../../shared/parts/app-logo.tsx'
import { Button } from '../../shared/parts/button.tsx'
import { useNotice } from '../../shared/parts/notices.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { SessionContext } from '../../shared/session/session-context.ts'
import { useAct } from '../../shared/session/use-act.ts'
import { AppsContext } from '../app/apps-context.ts'
import { hrefOf } from '../app/place.ts'
import { useWords } from '../messages/words-context.ts'
import { explainMemberFailure } from '../parts/explain-member-failure.ts'
import { roleNames } from '../parts/role-names.ts'

/**
 * The link of an invitation's mail. The token is in the fragment, which no server and no log sees; only a click accepts it, so
 * that programs that open links in mails join nothing.
 */
export function InvitationPage() {
  const { t } = useWords()
  const [token] = useState(() => location.hash.slice(1))
  const [round, setRound] = useState(0)
  const [offer, setOffer] = useState<InvitationOffer | null>(null)
  const [failure, setFailure] = useState<ApiFailure | null>(null)
  useEffect(() => {
    if (token === '') return
    setFailure(null)
    callApi<InvitationOffer>('/v1/partner/invitations/read', { method: 'POST', body: { token } }).then(
      setOffer,
      (error: unknown) => setFailure(asFailure(error)),
    )
  }, [token, round])
  const isGone = token === '' || failure?.code === 'not_found'
  const isOther = failure?.code === 'session_required'
  return (
    <Page title={t(isGone ? 'invitationGoneTitle' : isOther ? 'invitationOtherTitle' : 'invitationTitle')}>
      <section class="card apply">
        {isGone && <Empty icon="members" title={t('invitationGoneLead')} />}
        {isOther && <OtherAddress />}
        {!isGone && !isOther && failure !== null && (
          <Failure failure={failure} retry={() => setRound((before) => before + 1)} />
        )}
        {!isGone && failure === null && offer === null && <Skeleton rows={3} />}
        {failure === null && offer !== null && <Offer offer={offer} token={token} />}
      </section>
    </Page>
  )
}

function OtherAddress() {
  const { t } = useWords()
  const { state } = useContext(SessionContext)
  const email = state.name === 'signed_in' ? state.session.user.email : ''
  return <Empty icon="members" title={t('invitationOtherLead', { email })} />
}

function Offer({ offer, token }: { readonly offer: InvitationOffer; readonly token: string }) {
  const { t, format } = useWords()
  const { reload } = useContext(AppsContext)
  const { refresh } = useContext(SessionContext)
  const { route } = useLocation()
  const say = useNotice()
  const act = useAct()
  const accept = () =>
    act.run(async () => {
      const body = { token }
      const app = await callApi<MemberApp>('/v1/partner/invitations/accept', { method: 'POST', body })
      say(t('acceptDone'))
      reload()
      await refresh()
      route(hrefOf({ appId: app.id, livemode: true }, ''))
    })
  return (
    <div class="form">
      <div class="offer">
        <AppLogo name={offer.app.name} url={offer.app.logo_url} />
        <div>
          <h2>{t('invitationLead', { app: offer.app.name, role: t(roleNames[offer.role]) })}</h2>
          <p class="soft">{t('invitationExpires', { date: format.date(offer.expires_at) })}</p>
        </div>
      </div>
      {act.failure !== null && (
        <p class="problem" role="alert">
          {act.failure.code === 'app_suspended' ? t('invitationHeld') : explainMemberFailure(act.failure, t)}
        </p>
      )}
      <div class="buttons">
        <Button kind="primary" isBusy={act.isBusy} onPress={() => void accept()}>
          {t('accept')}
        </Button>
      </div>
    </div>
  )
}
