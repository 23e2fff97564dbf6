import { useWords } from '../messages/words-context.ts'

/**
 * Whose page it is, and whether money is real here: the server marks the page in sandbox mode.
 * @param href the page that one comes home to
 */
export function Brand({ href }: { readonly href: string }) {
  const { t } = useWords()
  return (
    <div class="brand">
      <a href={href}>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M21.7 11.4a7.5 7.5 0 1 0 0 9.2" />
          <circle cx="16" cy="16" r="2.3" />
        </svg>
        OpenCredits
      </a>
      {document.documentElement.dataset.sandbox !== undefined && <span class="badge">{t('sandbox')}</span>}
    </div>
  )
}
