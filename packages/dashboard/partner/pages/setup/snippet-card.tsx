import type { PartnerSetup } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../../shared/api/call-api.ts'
import { CodeTabs } from '../../../shared/parts/code-tabs.tsx'
import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { serverSnippets, writeSnippets } from './write-snippets.ts'

const testCard = '4242 4242 4242 4242'
/** Of every sign-in in the test world. */
const testCode = '4242\u00a04242'

/** What to paste, in the language that the address remembers. */
export function SnippetCard({
  values,
  testPayment,
}: {
  readonly values: PartnerSetup['snippet']
  readonly testPayment: PartnerSetup['test_payment']
}) {
  const { t } = useWords()
  const { href } = useApp()
  const { query, route } = useLocation()
  const chosen = query.code ?? 'html'
  const isServer = serverSnippets.includes(chosen)
  const choose = (code: string) => route(`${href('setup')}${queryOf({ code: code === 'html' ? null : code })}`, true)
  return (
    <section class="card" aria-labelledby="snippets">
      <h2 id="snippets">{t(isServer ? 'snippetServerTitle' : 'snippetTitle')}</h2>
      <p class="soft">{isServer ? t('snippetServer') : t('snippetLead', { origin: values.origin })}</p>
      <CodeTabs label={t('snippetTabs')} tabs={writeSnippets(values)} chosen={chosen} onChoose={choose} />
      {testPayment !== null && <TestPayment by={testPayment} />}
    </section>
  )
}

function TestPayment({ by }: { readonly by: 'built_in' | 'stripe' }) {
  const { t } = useWords()
  return (
    <div class="note test-card">
      <h3>{t(by === 'stripe' ? 'testCardTitle' : 'builtInTitle')}</h3>
      {by === 'stripe' && (
        <p class="secret-line">
          <code>{testCard}</code>
          <CopyButton text={testCard} name={t('testCard')} />
        </p>
      )}
      <p>
        {t(by === 'stripe' ? 'testCardHint' : 'builtInHint')} {t('testCode', { code: testCode })}
      </p>
    </div>
  )
}
