import type { AppSettings } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer } from '../../../shared/parts/answer.tsx'
import { Button } from '../../../shared/parts/button.tsx'
import { Confirmation } from '../../../shared/parts/confirmation.tsx'
import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { GraceChoice } from './grace-choice.tsx'

/** The key of the app's pages in this world, and the one before it while that still works. */
export function PublishableKey() {
  const { t, format } = useWords()
  const { api, can } = useApp()
  const say = useNotice()
  const settings = useResource<AppSettings>(api.path('/v1/partner/app'))
  const [isAsking, setAsking] = useState(false)
  const [grace, setGrace] = useState('86400')
  return (
    <section class="card" aria-labelledby="publishable">
      <h2 id="publishable">{t('publishableKey')}</h2>
      <p class="soft">{t('publishableLead')}</p>
      <Answer of={settings} rows={1}>
        {({ publishable_key: key, previous_publishable_key: previous }) => (
          <>
            <div class="secret-line">
              <code>{key}</code>
              <CopyButton text={key} name={t('publishableKey')} />
            </div>
            {previous !== null && (
              <p class="note" role="status">
                {t('previousKeyUntil', {
                  lastFour: previous.last_four,
                  until: format.moment(previous.until, Date.now()),
                })}
              </p>
            )}
          </>
        )}
      </Answer>
      {can('keys:write') && (
        <p>
          <Button onPress={() => setAsking(true)}>{t('rollPublishable')}</Button>
        </p>
      )}
      {isAsking && (
        <Confirmation
          title={t('rollPublishableTitle')}
          text={t('rollPublishableLead')}
          confirm={t('rollPublishable')}
          onConfirm={async () => {
            await api.post('/v1/partner/publishable_key/roll', { grace_seconds: Number(grace) })
            say(t('publishableRolled'))
            settings.reload()
          }}
          onClose={() => setAsking(false)}
        >
          <GraceChoice value={grace} onChoose={setGrace} />
        </Confirmation>
      )}
    </section>
  )
}
