import type { AccountKey } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { callApi } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Button } from '../../shared/parts/button.tsx'
import { Confirmation } from '../../shared/parts/confirmation.tsx'
import { useNotice } from '../../shared/parts/notices.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../messages/words-context.ts'
import { KeyTable } from './keys/key-table.tsx'

/** Every key that spends the user's credits: their own, and those that apps have. */
export function KeysPage() {
  const { t } = useWords()
  const say = useNotice()
  const [isStopping, setStopping] = useState(false)
  const keys = useResource<{ readonly data: readonly AccountKey[] }>('/v1/account/keys')
  const stop = async () => {
    await callApi('/v1/account/keys/revoke_all', { method: 'POST' })
    say(t('stopped'))
    keys.reload()
  }
  return (
    <Page
      title={t('keysTitle')}
      lead={t('keysLead')}
      actions={
        <a class="button primary" href="/account/keys/new">
          {t('createKey')}
        </a>
      }
    >
      <Answer of={keys} rows={6}>
        {({ data }) => <KeyLists keys={data} onStop={() => setStopping(true)} />}
      </Answer>
      {isStopping && (
        <Confirmation
          title={t('stopQuestion')}
          text={t('stopLead')}
          confirm={t('stopEverything')}
          onConfirm={stop}
          onClose={() => setStopping(false)}
        />
      )}
    </Page>
  )
}

function KeyLists({ keys, onStop }: { readonly keys: readonly AccountKey[]; readonly onStop: () => void }) {
  const { t } = useWords()
  const active = keys.filter(({ status }) => status === 'active')
  const own = active.filter(({ app }) => app === null)
  const ofApps = active.filter(({ app }) => app !== null)
  const ended = keys.filter(({ status }) => status !== 'active')
  return (
    <>
      <section class="card flush" aria-labelledby="own">
        <h2 id="own">{t('ownKeys')}</h2>
        {own.length === 0 ? (
          <Empty icon="keys" title={t('ownKeysEmpty')}>
            {t('ownKeysEmptyHint')}
          </Empty>
        ) : (
          <KeyTable keys={own} caption={t('ownKeys')} />
        )}
      </section>
      {ofApps.length > 0 && (
        <section class="card flush" aria-labelledby="of-apps">
          <h2 id="of-apps">{t('appKeys')}</h2>
          <KeyTable keys={ofApps} caption={t('appKeys')} />
        </section>
      )}
      {active.length > 0 && (
        <section class="card danger-zone" aria-labelledby="stop">
          <div>
            <h2 id="stop">{t('stopEverything')}</h2>
            <p class="soft">{t('stopLead')}</p>
          </div>
          <Button kind="danger" onPress={onStop}>
            {t('stopEverything')}
          </Button>
        </section>
      )}
      {ended.length > 0 && (
        <details class="card flush fold">
          <summary>{t('endedKeys', { count: ended.length })}</summary>
          <KeyTable keys={ended} caption={t('endedKeysTitle')} />
        </details>
      )}
    </>
  )
}
