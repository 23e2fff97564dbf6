import { useEffect, useRef } from 'preact/hooks'

/** Every screen begins with one. It takes the focus, so that a screen reader says where one is now. */
export function Heading({ text }: { text: string }) {
  const element = useRef<HTMLHeadingElement>(null)
  useEffect(() => element.current?.focus(), [])
  return (
    <h1 ref={element} tabIndex={-1}>
      {text}
    </h1>
  )
}
