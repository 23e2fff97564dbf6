import type { WebhookEndpoint, WebhookEndpointWithSecret } from '@opencredits/protocol'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { Button } from '../../../shared/parts/button.tsx'
import { Confirmation } from '../../../shared/parts/confirmation.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Choice } from '../../../shared/parts/field.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { endpointsPath } from './endpoint-list.tsx'
import { ReplayDialog } from './replay-dialog.tsx'

const graces = [
  ['0', 'secretGraceNone'],
  ['3600', 'secretGraceHour'],
  ['86400', 'secretGraceDay'],
] as const

interface ActsProps {
  readonly endpoint: WebhookEndpoint
  readonly onChanged: () => void
  readonly onRolled: (made: WebhookEndpointWithSecret) => void
}

/** What can be done with an endpoint: from a test to its end. */
export function EndpointActs({ endpoint, onChanged, onRolled }: ActsProps) {
  const { t } = useWords()
  const { api, href } = useApp()
  const { route } = useLocation()
  const say = useNotice()
  const [asked, setAsked] = useState<'roll' | 'disable' | 'delete' | 'replay' | null>(null)
  const [grace, setGrace] = useState('86400')
  const close = () => setAsked(null)
  const path = `${endpointsPath}/${endpoint.id}`
  return (
    <>
      {endpoint.enabled && <TestButtons path={path} onSent={onChanged} onReplay={() => setAsked('replay')} />}
      <Section title={t('secretRoll')} lead={t('secretRollLead')}>
        <Button onPress={() => setAsked('roll')}>{t('secretRoll')}</Button>
      </Section>
      {endpoint.enabled && (
        <Section title={t('endpointDisable')} lead={t('endpointDisableLead')}>
          <Button onPress={() => setAsked('disable')}>{t('endpointDisable')}</Button>
        </Section>
      )}
      <Section title={t('endpointDelete')} lead={t('endpointDeleteLead')}>
        <Button kind="danger" onPress={() => setAsked('delete')}>
          {t('endpointDelete')}
        </Button>
      </Section>
      {asked === 'replay' && <ReplayDialog path={path} onReplayed={onChanged} onClose={close} />}
      {asked === 'roll' && (
        <Confirmation
          title={t('secretRoll')}
          text={t('secretRollLead')}
          confirm={t('secretRoll')}
          onConfirm={async () =>
            onRolled(await api.post<WebhookEndpointWithSecret>(`${path}/roll`, { grace_seconds: Number(grace) }))
          }
          onClose={close}
        >
          <Choice
            label={t('secretGrace')}
            value={grace}
            options={graces.map(([value, label]) => ({ value, label: t(label) }))}
            onChoose={setGrace}
          />
        </Confirmation>
      )}
      {asked === 'disable' && (
        <Confirmation
          title={t('endpointDisable')}
          text={t('endpointDisableLead')}
          confirm={t('endpointDisable')}
          onConfirm={async () => {
            await api.patch(path, { enabled: false })
            onChanged()
          }}
          onClose={close}
        />
      )}
      {asked === 'delete' && (
        <Confirmation
          title={t('endpointDeleteQuestion')}
          text={t('endpointDeleteLead')}
          confirm={t('endpointDelete')}
          onConfirm={async () => {
            await api.delete(path)
            say(t('endpointDeleted'))
            route(href('webhooks'))
          }}
          onClose={close}
        />
      )}
    </>
  )
}

function Section({
  title,
  lead,
  children,
}: {
  readonly title: string
  readonly lead: string
  readonly children: ComponentChildren
}) {
  return (
    <section class="card danger-zone" aria-label={title}>
      <div>
        <h2>{title}</h2>
        <p class="soft">{lead}</p>
      </div>
      {children}
    </section>
  )
}

function TestButtons({
  path,
  onSent,
  onReplay,
}: {
  readonly path: string
  readonly onSent: () => void
  readonly onReplay: () => void
}) {
  const { t } = useWords()
  const { api } = useApp()
  const say = useNotice()
  const act = useAct()
  const ping = async () => {
    if (!(await act.run(() => api.post(`${path}/ping`)))) return
    say(t('endpointTestSent'))
    onSent()
  }
  return (
    <div class="buttons">
      <Button kind="primary" isBusy={act.isBusy} onPress={() => void ping()}>
        {t('endpointTest')}
      </Button>
      <Button onPress={onReplay}>{t('replay')}</Button>
      {act.failure !== null && (
        <p class="problem" role="alert">
          {explainFailure(act.failure, t)}
        </p>
      )}
    </div>
  )
}
