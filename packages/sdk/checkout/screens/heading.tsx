import { useEffect, useRef } from 'preact/hooks'

/** Every screen begins with one. It takes the focus, so that a screen reader says where one is now. */
export function Heading({ text, isHidden = false }: { readonly text: string; readonly isHidden?: boolean }) {
  const element = useRef<HTMLHeadingElement>(null)
  useEffect(() => element.current?.focus({ preventScroll: true }), [])
  return (
    <h1 ref={element} tabIndex={-1} class={isHidden ? 'visually-hidden' : ''}>
      {/* Other words are another element: they do not move from where the first ones stood. */}
      <span key={text}>{text}</span>
    </h1>
  )
}
