import { useState } from 'preact/hooks'
import { CodeTabs } from '../../../shared/parts/code-tabs.tsx'
import { useWords } from '../../messages/words-context.ts'
import type { Snippet } from '../../parts/snippets.ts'

/** One client at a time. */
export function SnippetTabs({ snippets }: { readonly snippets: readonly Snippet[] }) {
  const { t } = useWords()
  const [chosen, setChosen] = useState('')
  const tabs = snippets.map(({ id, client, place, text, docs }) => ({
    id,
    name: client,
    place: place ?? '',
    text,
    docs,
  }))
  return <CodeTabs label={t('snippetsTitle')} tabs={tabs} chosen={chosen} onChoose={setChosen} />
}
