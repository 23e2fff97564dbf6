import { useEffect, useState } from 'preact/hooks'
import { useWords } from '../messages/words-context.ts'
import { Icon } from './icons.tsx'

/** Copies, and says so for a moment. Where the browser keeps the clipboard shut, the text beside it is selected instead. */
export function CopyButton({ text, name }: { readonly text: string; readonly name: string }) {
  const { t } = useWords()
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 3000)
    return () => clearTimeout(timer)
  }, [state])
  const copy = () =>
    navigator.clipboard === undefined
      ? setState('failed')
      : void navigator.clipboard.writeText(text).then(
          () => setState('copied'),
          () => setState('failed'),
        )
  return (
    <span class="copy">
      <button type="button" class="button small" aria-label={t('copyNamed', { name })} onClick={copy}>
        <Icon name={state === 'copied' ? 'check' : 'copy'} />
        {t(state === 'copied' ? 'copied' : 'copy')}
      </button>
      <span role="status" class={state === 'failed' ? 'problem' : 'visually-hidden'}>
        {state === 'idle' ? '' : t(state === 'copied' ? 'copied' : 'copyFailed')}
      </span>
    </span>
  )
}
