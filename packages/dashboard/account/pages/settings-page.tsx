import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../messages/words-context.ts'
import { DataSection } from './settings/data-section.tsx'
import { LogSection } from './settings/log-section.tsx'
import { NotificationSection } from './settings/notification-section.tsx'
import { PasskeySection } from './settings/passkey-section.tsx'
import { SessionSection } from './settings/session-section.tsx'

export function SettingsPage() {
  const { t } = useWords()
  return (
    <Page title={t('settingsTitle')}>
      <NotificationSection />
      <PasskeySection />
      <SessionSection />
      <LogSection />
      <DataSection />
    </Page>
  )
}
