import { useRef } from 'preact/hooks'
import { useWords } from '../messages/words-context.ts'
import { CopyButton } from './copy-button.tsx'
import { ScrollArea } from './scroll-area.tsx'

/** One of several pieces of code that do the same. */
export interface CodeTab {
  readonly id: string
  readonly name: string
  /** Where it goes; empty: into a terminal or a program. */
  readonly place: string
  readonly text: string
  /** The page about it in the documentation, and what that is about: by default the name. */
  readonly docs: string
  readonly topic?: string
}

/** One piece of code at a time. Arrow keys go from tab to tab, as https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ says. */
export function CodeTabs({
  label,
  tabs,
  chosen,
  onChoose,
}: {
  readonly label: string
  readonly tabs: readonly CodeTab[]
  /** The id of the one that is shown. */
  readonly chosen: string
  readonly onChoose: (id: string) => void
}) {
  const { t } = useWords()
  const list = useRef<HTMLDivElement>(null)
  const index = Math.max(
    0,
    tabs.findIndex(({ id }) => id === chosen),
  )
  const tab = tabs[index]
  if (tab === undefined) return null
  const go = (to: number) => {
    const next = (to + tabs.length) % tabs.length
    onChoose(tabs[next]?.id ?? chosen)
    list.current?.querySelectorAll('button')[next]?.focus()
  }
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowRight: index + 1, ArrowLeft: index - 1 },
    ...{ Home: 0, End: tabs.length - 1 },
  }
  return (
    <>
      <div
        ref={list}
        role="tablist"
        class="tabs"
        aria-label={label}
        onKeyDown={(event) => {
          const to = steps[event.key]
          if (to === undefined) return
          event.preventDefault()
          go(to)
        }}
      >
        {tabs.map(({ id, name }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-controls="snippet"
            aria-selected={id === tab.id}
            tabIndex={id === tab.id ? 0 : -1}
            onClick={() => onChoose(id)}
          >
            {name}
          </button>
        ))}
      </div>
      <div id="snippet" role="tabpanel" aria-labelledby={`tab-${tab.id}`} class="snippet">
        <div class="snippet-head">
          <span class="soft">{tab.place}</span>
          <CopyButton text={tab.text} name={tab.name} />
        </div>
        <ScrollArea label={tab.name}>
          <pre>
            <code>{tab.text}</code>
          </pre>
        </ScrollArea>
        <p class="hint">
          <a href={tab.docs} target="_blank" rel="noreferrer">
            {t('moreAbout', { client: tab.topic ?? tab.name })}
          </a>
        </p>
      </div>
    </>
  )
}
