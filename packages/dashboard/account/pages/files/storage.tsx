import { useWords } from '../../messages/words-context.ts'

/** How much of the room for files is taken, in words and as a bar. */
export function Storage({ usedBytes, mostBytes }: { readonly usedBytes: number; readonly mostBytes: number }) {
  const { t, format } = useWords()
  const share = mostBytes <= 0 ? 1 : Math.min(1, usedBytes / mostBytes)
  return (
    <div class={share >= 1 ? 'meter storage full' : share >= 0.8 ? 'meter storage near' : 'meter storage'}>
      <p>
        <span>{t('storedOf', { used: format.bytes(usedBytes), most: format.bytes(mostBytes) })}</span>{' '}
        <span class="soft">{t('storedUsed')}</span>
      </p>
      <svg width="100%" height="6" aria-hidden="true">
        <rect class="track" width="100%" height="6" rx="3" />
        <rect width={`${share * 100}%`} height="6" rx="3" />
      </svg>
    </div>
  )
}
