import { useEffect, useRef } from 'preact/hooks'
import { useResource } from '../../../shared/api/use-resource.ts'
import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { useWords } from '../../messages/words-context.ts'
import { pickModels, writeSnippets } from '../../parts/snippets.ts'
import type { OfferedModels } from '../limits/model-picker.tsx'
import { SnippetTabs } from './snippet-tabs.tsx'

/** The one time that a secret is seen, and how to put it to use. */
export function SecretCard({ secret }: { readonly secret: string }) {
  const { t } = useWords()
  const section = useRef<HTMLElement>(null)
  const models = useResource<OfferedModels>('/v1/models')
  const offered = models.data?.data.map(({ id }) => id) ?? []
  useEffect(() => section.current?.focus(), [])
  return (
    <>
      <section ref={section} tabIndex={-1} class="card secret" aria-labelledby="secret">
        <h2 id="secret">{t('yourKey')}</h2>
        <p>{t('secretOnce')}</p>
        <div class="secret-line">
          <code>{secret}</code>
          <CopyButton text={secret} name={t('key')} />
        </div>
      </section>
      <section class="card" aria-labelledby="snippets">
        <h2 id="snippets">{t('snippetsTitle')}</h2>
        <SnippetTabs snippets={writeSnippets(location.origin, secret, pickModels(offered))} />
      </section>
    </>
  )
}
