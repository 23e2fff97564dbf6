import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useWords } from '../messages/words-context.ts'
import { Icon } from './icons.tsx'

interface PageProps {
  readonly title: string
  readonly lead?: ComponentChildren
  /** The page above this one. */
  readonly parent?: { readonly href: string; readonly name: string }
  /** Beside the heading. */
  readonly actions?: ComponentChildren
  readonly children?: ComponentChildren
}

/** The address that was shown last: on the first page of a visit the browser itself says where one is. */
let shownPath: string | null = null

/** Every page begins with its heading, which takes the focus when one comes from another page. */
export function Page({ title, lead, parent, actions, children }: PageProps) {
  const { t } = useWords()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = t('documentTitle', { page: title })
  }, [title, t])
  useEffect(() => {
    const path = location.pathname
    if (shownPath !== null && shownPath !== path) {
      scrollTo(0, 0)
      heading.current?.focus({ preventScroll: true })
    }
    shownPath = path
  }, [])
  return (
    <>
      {parent !== undefined && (
        <a class="up" href={parent.href}>
          <Icon name="back" />
          {parent.name}
        </a>
      )}
      <div class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p class="lead">{lead}</p>}
        </div>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </div>
      {children}
    </>
  )
}
