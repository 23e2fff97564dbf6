import { useRef, useState } from 'preact/hooks'
import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useWords } from '../../messages/words-context.ts'
import type { Snippet } from '../../parts/snippets.ts'

/** One client at a time. Arrow keys go from tab to tab, as https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ says. */
export function SnippetTabs({ snippets }: { readonly snippets: readonly Snippet[] }) {
  const { t } = useWords()
  const [chosen, setChosen] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const snippet = snippets[chosen] ?? snippets[0]
  if (snippet === undefined) return null
  const go = (to: number) => {
    const next = (to + snippets.length) % snippets.length
    setChosen(next)
    list.current?.querySelectorAll('button')[next]?.focus()
  }
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: chosen + 1,
    ArrowLeft: chosen - 1,
    Home: 0,
    End: snippets.length - 1,
  }
  return (
    <>
      <div
        ref={list}
        role="tablist"
        class="tabs"
        aria-label={t('snippetsTitle')}
        onKeyDown={(event) => {
          const to = steps[event.key]
          if (to === undefined) return
          event.preventDefault()
          go(to)
        }}
      >
        {snippets.map(({ id, client }, index) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-controls="snippet"
            aria-selected={index === chosen}
            tabIndex={index === chosen ? 0 : -1}
            onClick={() => setChosen(index)}
          >
            {client}
          </button>
        ))}
      </div>
      <div id="snippet" role="tabpanel" aria-labelledby={`tab-${snippet.id}`} class="snippet">
        <div class="snippet-head">
          <span class="soft">{snippet.place ?? ''}</span>
          <CopyButton text={snippet.text} name={snippet.client} />
        </div>
        <ScrollArea label={snippet.client}>
          <pre>
            <code>{snippet.text}</code>
          </pre>
        </ScrollArea>
        <p class="hint">
          <a href={snippet.docs} target="_blank" rel="noreferrer">
            {t('moreAbout', { client: snippet.client })}
          </a>
        </p>
      </div>
    </>
  )
}
