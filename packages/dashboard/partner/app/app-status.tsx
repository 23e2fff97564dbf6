import { Icon } from '../../shared/parts/icons.tsx'
import { useWords } from '../messages/words-context.ts'
import { useApp } from './app-context.ts'

/** Above every page: the test world says that it is one, and an app that is not approved says what holds it. */
export function AppStatus() {
  const { t } = useWords()
  const { app, livemode } = useApp()
  const held = {
    approved: null,
    pending: t('pendingLead'),
    rejected: t('rejectedLead'),
    suspended: t('suspendedLead'),
    closed: t('closedLead'),
  }[app.state]
  return (
    <>
      {!livemode && (
        <p class="world-banner">
          <strong>{t('testBanner')}</strong> {t('testBannerLead')}
        </p>
      )}
      {held !== null && (
        <ul class="alerts">
          <li class="alert">
            <Icon name="alert" />
            <span>
              {held} {app.state_reason !== null && t('operatorSaid', { reason: app.state_reason })}
            </span>
          </li>
        </ul>
      )}
    </>
  )
}
