import type { RestrictedKey, RestrictedKeySecret } from '@opencredits/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Button } from '../../shared/parts/button.tsx'
import { CopyButton } from '../../shared/parts/copy-button.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useApp } from '../app/app-context.ts'
import { useWords } from '../messages/words-context.ts'
import { KeyDialog } from './keys/key-dialog.tsx'
import { KeyLine } from './keys/key-line.tsx'
import { PublishableKey } from './keys/publishable-key.tsx'

export function KeysPage() {
  const { t } = useWords()
  const { api, can } = useApp()
  const keys = useResource<{ readonly data: readonly RestrictedKey[] }>(api.path('/v1/partner/keys'))
  const [isMaking, setMaking] = useState(false)
  const [secret, setSecret] = useState<{ readonly of: RestrictedKeySecret; readonly isNew: boolean } | null>(null)
  const show = (of: RestrictedKeySecret, isNew: boolean) => {
    setSecret({ of, isNew })
    keys.reload()
  }
  return (
    <Page title={t('keysTitle')} lead={t('keysLead')}>
      <PublishableKey />
      {secret !== null && <Secret key={secret.of.secret} secret={secret.of} isNew={secret.isNew} />}
      <section class="card" aria-labelledby="restricted">
        <div class="card-head">
          <h2 id="restricted">{t('restrictedKeys')}</h2>
          {can('keys:write') && <Button onPress={() => setMaking(true)}>{t('makeKey')}</Button>}
        </div>
        <Answer of={keys} rows={4}>
          {({ data }) => <KeyList keys={data} onChanged={keys.reload} onRolled={(rolled) => show(rolled, false)} />}
        </Answer>
      </section>
      {isMaking && (
        <KeyDialog
          onClose={() => setMaking(false)}
          onSaved={(made) => {
            setMaking(false)
            if ('secret' in made) show(made, true)
          }}
        />
      )}
    </Page>
  )
}

function KeyList({
  keys,
  onChanged,
  onRolled,
}: {
  readonly keys: readonly RestrictedKey[]
  readonly onChanged: () => void
  readonly onRolled: (rolled: RestrictedKeySecret) => void
}) {
  const { t } = useWords()
  const active = keys.filter(({ status }) => status === 'active')
  const ended = keys.filter(({ status }) => status !== 'active')
  return (
    <>
      {active.length === 0 && (
        <Empty icon="keys" title={t('restrictedEmpty')}>
          {t('restrictedEmptyHint')}
        </Empty>
      )}
      <ul class="lines">
        {active.map((key) => (
          <KeyLine key={key.id} of={key} onChanged={onChanged} onRolled={onRolled} />
        ))}
      </ul>
      {ended.length > 0 && (
        <details class="fold">
          <summary>{t('endedKeys', { count: ended.length })}</summary>
          <ul class="lines">
            {ended.map((key) => (
              <KeyLine key={key.id} of={key} onChanged={onChanged} onRolled={onRolled} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** The one time that a secret is seen. */
function Secret({ secret, isNew }: { readonly secret: RestrictedKeySecret; readonly isNew: boolean }) {
  const { t } = useWords()
  const section = useRef<HTMLElement>(null)
  useEffect(() => section.current?.focus(), [])
  return (
    <section ref={section} tabIndex={-1} class="card secret" aria-labelledby="secret">
      <h2 id="secret">{secret.name}</h2>
      <p>{t(isNew ? 'keyMade' : 'keyRolled')}</p>
      <div class="secret-line">
        <code>{secret.secret}</code>
        <CopyButton text={secret.secret} name={t('keySecret')} />
      </div>
    </section>
  )
}
