import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/**
 * What is wider than the page moves by itself. Only then it takes the focus, so that arrow keys can move it, and says what
 * it is. It is no landmark: the section around it is one.
 */
export function ScrollArea({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const area = element.current
    if (area === null) return
    const observer = new ResizeObserver(() => {
      const attributes = { tabindex: '0', role: 'group', 'aria-label': label }
      for (const [name, value] of Object.entries(attributes)) {
        if (area.scrollWidth > area.clientWidth || area.scrollHeight > area.clientHeight + 1)
          area.setAttribute(name, value)
        else area.removeAttribute(name)
      }
    })
    observer.observe(area)
    return () => observer.disconnect()
  }, [label])
  return (
    <div ref={element} class="scroll">
      {children}
    </div>
  )
}
