import { useWords } from '../messages/words-context.ts'

/** The way through a list that is read by cursor. */
export function Paging({
  isFirst,
  first,
  next,
}: {
  readonly isFirst: boolean
  readonly first: string
  /** Null: this page is the last one. */
  readonly next: string | null
}) {
  const { t } = useWords()
  if (isFirst && next === null) return null
  return (
    <nav class="paging" aria-label={t('paging')}>
      {!isFirst && (
        <a class="button small" href={first}>
          {t('firstPage')}
        </a>
      )}
      {next !== null && (
        <a class="button small" href={next}>
          {t('nextPage')}
        </a>
      )}
    </nav>
  )
}
