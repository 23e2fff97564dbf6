import type { PartnerSnippetValues } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../../shared/api/call-api.ts'
import { CodeTabs } from '../../../shared/parts/code-tabs.tsx'
import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { serverSnippets, writeSnippets } from './write-snippets.ts'

const testCard = '4242 4242 4242 4242'
/** Of every sign-in in the test world. */
const testCode = '4242 4242'

/** What to paste, in the language that the address remembers. */
export function SnippetCard({ values }: { readonly values: PartnerSnippetValues }) {
  const { t } = useWords()
  const { livemode, href } = useApp()
  const { query, route } = useLocation()
  const chosen = query.code ?? 'html'
  const choose = (code: string) => route(`${href('setup')}${queryOf({ code: code === 'html' ? null : code })}`, true)
  return (
    <section class="card" aria-labelledby="snippets">
      <h2 id="snippets">{t('snippetTitle')}</h2>
      <p class="soft">
        {serverSnippets.includes(chosen) ? t('snippetServer') : t('snippetLead', { origin: values.origin })}
      </p>
      <CodeTabs label={t('snippetTabs')} tabs={writeSnippets(values)} chosen={chosen} onChoose={choose} />
      {!livemode && (
        <div class="note test-card">
          <h3>{t('testCardTitle')}</h3>
          <p class="secret-line">
            <code>{testCard}</code>
            <CopyButton text={testCard} name={t('testCard')} />
          </p>
          <p>{t('testCardHint', { code: testCode })}</p>
        </div>
      )}
    </section>
  )
}
