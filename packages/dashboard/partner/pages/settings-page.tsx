import { Answer } from '../../shared/parts/answer.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useSettings } from '../app/use-settings.ts'
import { useWords } from '../messages/words-context.ts'
import { GeneralForm } from './settings/general-form.tsx'

export function SettingsPage() {
  const { t } = useWords()
  const desk = useSettings()
  return (
    <Page title={t('settingsTitle')} lead={t('settingsLead')}>
      <Answer of={desk.resource} rows={8}>
        {(settings) => <GeneralForm key={settings.version} desk={desk} settings={settings} />}
      </Answer>
    </Page>
  )
}
