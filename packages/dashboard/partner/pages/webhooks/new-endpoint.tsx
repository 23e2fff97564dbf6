import type { WebhookEndpointWithSecret } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { Page } from '../../../shared/parts/page.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { EndpointForm } from './endpoint-form.tsx'
import { endpointsPath } from './endpoint-list.tsx'
import { SecretCard } from './secret-card.tsx'
import { Verifier } from './verifier.tsx'

/** Adds an endpoint, then shows its secret the one time that it is shown. */
export function NewEndpoint() {
  const { t } = useWords()
  const { api, href } = useApp()
  const [made, setMade] = useState<WebhookEndpointWithSecret | null>(null)
  return (
    <Page title={t('endpointAdd')} parent={{ href: href('webhooks'), name: t('webhooksTitle') }} lead={made?.url}>
      {made === null ? (
        <div class="card">
          <EndpointForm
            initial={{ url: '', description: null, events: null }}
            submit={t('endpointAdd')}
            onSubmit={async (input) => setMade(await api.post<WebhookEndpointWithSecret>(endpointsPath, input))}
          />
        </div>
      ) : (
        <>
          <SecretCard made={made} />
          <Verifier />
          <p>
            <a class="button primary" href={href(`webhooks/${made.id}`)}>
              {t('done')}
            </a>
          </p>
        </>
      )}
    </Page>
  )
}
