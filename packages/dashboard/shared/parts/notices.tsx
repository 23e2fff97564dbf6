import { type ComponentChildren, createContext } from 'preact'
import { useCallback, useContext, useEffect, useState } from 'preact/hooks'

const NoticeContext = createContext<(text: string) => void>(() => {})

/** Says in passing that something was done. What needs an answer is said in its place instead. */
export const useNotice = () => useContext(NoticeContext)

export function NoticeProvider({ children }: { readonly children: ComponentChildren }) {
  const [notice, setNotice] = useState<{ readonly text: string } | null>(null)
  const say = useCallback((text: string) => setNotice({ text }), [])
  useEffect(() => {
    if (notice === null) return
    const timer = setTimeout(() => setNotice(null), 6000)
    return () => clearTimeout(timer)
  }, [notice])
  return (
    <NoticeContext.Provider value={say}>
      {children}
      <div class="notice" role="status">
        {notice !== null && <p>{notice.text}</p>}
      </div>
    </NoticeContext.Provider>
  )
}
