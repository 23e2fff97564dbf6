import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** What is wider than the page moves by itself. Only then it takes the focus, so that arrow keys can move it. */
export function ScrollArea({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const element = useRef<HTMLElement>(null)
  useEffect(() => {
    const area = element.current
    if (area === null) return
    const observer = new ResizeObserver(() => {
      if (area.scrollWidth > area.clientWidth) area.tabIndex = 0
      else area.removeAttribute('tabindex')
    })
    observer.observe(area)
    return () => observer.disconnect()
  }, [])
  return (
    <section ref={element} class="scroll" aria-label={label}>
      {children}
    </section>
  )
}
