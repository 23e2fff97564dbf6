import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { useWords } from '../messages/words-context.ts'
import { Brand } from './brand.tsx'
import { Icon } from './icons.tsx'
import { Who } from './who.tsx'

/** The navigation: beside the page where there is room, else behind a button. */
export function Side({
  home,
  label,
  email,
  children,
}: {
  readonly home: string
  readonly label: string
  readonly email: string
  readonly children: ComponentChildren
}) {
  const { t } = useWords()
  const { url } = useLocation()
  const menu = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (menu.current?.matches(':popover-open') ?? false) menu.current?.hidePopover()
  }, [url])
  return (
    <header class="side">
      <a class="skip" href="#main">
        {t('skipToContent')}
      </a>
      <Brand href={home} />
      <button type="button" class="icon-button menu-button" popovertarget="menu" aria-label={t('menu')}>
        <Icon name="menu" />
      </button>
      <div id="menu" ref={menu} popover="auto" class="menu">
        <nav aria-label={label}>{children}</nav>
        <Who email={email} />
      </div>
    </header>
  )
}
