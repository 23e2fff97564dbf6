import type { WebhookEndpointWithSecret } from '@opencredits/protocol'
import { useEffect, useRef } from 'preact/hooks'
import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { useWords } from '../../messages/words-context.ts'

/** The one time that a secret is seen; after a roll, what becomes of the one before. */
export function SecretCard({
  made,
  isRolled = false,
}: {
  readonly made: WebhookEndpointWithSecret
  readonly isRolled?: boolean
}) {
  const { t, format } = useWords()
  const section = useRef<HTMLElement>(null)
  useEffect(() => section.current?.focus(), [made.secret])
  return (
    <section ref={section} tabIndex={-1} class="card secret" aria-labelledby="secret">
      <h2 id="secret">{t('secretTitle')}</h2>
      <p>{t('secretOnce')}</p>
      <div class="secret-line">
        <code>{made.secret}</code>
        <CopyButton text={made.secret} name={t('secretTitle')} />
      </div>
      {isRolled && (
        <p class="note">
          {made.old_secret_until === null
            ? t('secretOldGone')
            : t('secretOld', { date: format.dateTime(made.old_secret_until) })}
        </p>
      )}
    </section>
  )
}
