import { Page } from '../../shared/parts/page.tsx'
import { useApp } from '../app/app-context.ts'
import { useWords } from '../messages/words-context.ts'

export function OverviewPage() {
  const { t } = useWords()
  const { app } = useApp()
  return <Page title={t('overviewTitle')} lead={app.name} />
}
