import { useWords } from '../messages/words-context.ts'

/** How a call stands. What the server calls anew shows as it is called. */
export function StatusBadge({ status, isPassThrough }: { readonly status: string; readonly isPassThrough: boolean }) {
  const { t } = useWords()
  if (isPassThrough) return <span class="tag">{t('statusPassThrough')}</span>
  if (status === 'settled') return <span class="tag good">{t('statusSettled')}</span>
  if (status === 'running') return <span class="tag busy">{t('statusRunning')}</span>
  return <span class="tag">{status === 'released' ? t('statusReleased') : status}</span>
}
