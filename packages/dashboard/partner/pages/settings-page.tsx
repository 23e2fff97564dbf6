import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../messages/words-context.ts'

export function SettingsPage() {
  const { t } = useWords()
  return <Page title={t('settingsTitle')} lead={t('settingsLead')} />
}
