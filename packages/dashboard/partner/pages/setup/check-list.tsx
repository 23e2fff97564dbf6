import type { PartnerSetupCheck, PartnerSetupStep } from '@opencredits/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useWords } from '../../messages/words-context.ts'

const names = {
  origin: 'checkOrigin',
  sdk: 'checkSdk',
  purchase: 'checkPurchase',
  call: 'checkCall',
  webhook: 'checkWebhook',
} as const

/** The steps, which turn green by themselves; a screen reader hears of each once. */
export function CheckList({ checks }: { readonly checks: readonly PartnerSetupCheck[] }) {
  const { t, format } = useWords()
  const done = checks.filter(({ done_at }) => done_at !== null)
  const newest = useNewest(done.map(({ step }) => step))
  return (
    <section class="card step-list" aria-labelledby="checks">
      <div class="card-head">
        <h2 id="checks">{t('checksTitle')}</h2>
        <p class="soft">{t('checksDone', { done: format.number(done.length), all: format.number(checks.length) })}</p>
      </div>
      <ol>
        {checks.map((check) => (
          <CheckLine key={check.step} check={check} isNew={newest === check.step} />
        ))}
      </ol>
      <p role="status" class="visually-hidden">
        {newest === null ? '' : t('checkNow', { step: t(names[newest]) })}
      </p>
    </section>
  )
}

function CheckLine({ check, isNew }: { readonly check: PartnerSetupCheck; readonly isNew: boolean }) {
  const { t, format } = useWords()
  const { step, done_at: doneAt, missing, link } = check
  return (
    <li class={doneAt === null ? 'check' : isNew ? 'check done new' : 'check done'}>
      <svg class="check-mark" viewBox="0 0 24 24" role="img" aria-label={t(doneAt === null ? 'checkOpen' : 'done')}>
        <circle cx="12" cy="12" r="10" />
        <path d="m7.5 12.4 3 3 6-6.4" pathLength="1" />
      </svg>
      <div>
        <h3>{t(names[step])}</h3>
        {doneAt !== null && <p class="soft">{t('checkDoneAt', { ago: format.ago(doneAt, Date.now()) })}</p>}
        {missing !== null && (
          <p class="soft">
            {missing} {link !== null && <a href={link}>{t('goThere')}</a>}
          </p>
        )}
      </div>
    </li>
  )
}

/** The step that was done since the page is open; null for none. */
function useNewest(done: readonly PartnerSetupStep[]): PartnerSetupStep | null {
  const known = useRef(done)
  const [newest, setNewest] = useState<PartnerSetupStep | null>(null)
  const names = done.join()
  useEffect(() => {
    const added = done.filter((step) => !known.current.includes(step))
    known.current = done
    const last = added.at(-1)
    if (last !== undefined) setNewest(last)
  }, [names])
  return newest
}
