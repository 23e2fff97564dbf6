import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../messages/words-context.ts'

export function MissingPage() {
  const { t } = useWords()
  return (
    <Page title={t('missingTitle')} lead={t('missingLead')}>
      <p>
        <a class="button primary" href="/account">
          {t('toOverview')}
        </a>
      </p>
    </Page>
  )
}
