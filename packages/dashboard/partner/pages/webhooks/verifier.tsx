import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useWords } from '../../messages/words-context.ts'
import { verifierSnippet } from './verifier-snippet.ts'

/** Ten lines that tell a request of ours from anybody else's. */
export function Verifier() {
  const { t } = useWords()
  return (
    <section class="card" aria-labelledby="verifier">
      <div class="card-head">
        <h2 id="verifier">{t('verifierTitle')}</h2>
        <CopyButton text={verifierSnippet} name={t('verifierTitle')} />
      </div>
      <p>{t('verifierLead')}</p>
      <div class="snippet">
        <ScrollArea label={t('verifierTitle')}>
          <pre>
            <code>{verifierSnippet}</code>
          </pre>
        </ScrollArea>
      </div>
      <p>
        <a href="/docs/webhooks#verify" target="_blank" rel="noreferrer">
          {t('verifierDocs')}
        </a>
      </p>
    </section>
  )
}
