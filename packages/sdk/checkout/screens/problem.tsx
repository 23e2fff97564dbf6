import { useEffect, useRef } from 'preact/hooks'

/** What is wrong with a field. Brought into sight: on a small screen it may stand below the edge. */
export function Problem({ id, text }: { readonly id: string; readonly text: string | null }) {
  const element = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    if (text !== null) element.current?.scrollIntoView({ block: 'nearest' })
  }, [text])
  return (
    <p id={id} class="problem" role="alert" ref={element}>
      {text}
    </p>
  )
}
