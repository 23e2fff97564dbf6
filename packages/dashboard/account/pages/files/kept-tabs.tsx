import { useWords } from '../../messages/words-context.ts'

/** From files to batches and back. */
export function KeptTabs({ current }: { readonly current: 'files' | 'batches' }) {
  const { t } = useWords()
  const mark = (name: typeof current) => (name === current ? 'page' : undefined)
  return (
    <nav class="tabs" aria-label={t('filesAndBatches')}>
      <a href="/account/files" aria-current={mark('files')}>
        {t('filesTitle')}
      </a>
      <a href="/account/files/batches" aria-current={mark('batches')}>
        {t('batchesTitle')}
      </a>
    </nav>
  )
}
