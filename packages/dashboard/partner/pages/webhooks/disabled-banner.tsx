import type { WebhookEndpoint } from '@opencredits/protocol'
import { Button } from '../../../shared/parts/button.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Icon } from '../../../shared/parts/icons.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { endpointsPath } from './endpoint-list.tsx'

const reasons = {
  by_hand: 'disabledByHand',
  gone: 'disabledGone',
  failed_events: 'disabledFailed',
  nothing_delivered: 'disabledNothing',
} as const

/** Why an endpoint gets nothing, and how it gets something again. */
export function DisabledBanner({
  endpoint,
  onEnabled,
}: {
  readonly endpoint: WebhookEndpoint
  readonly onEnabled: () => void
}) {
  const { t } = useWords()
  const { api } = useApp()
  const say = useNotice()
  const act = useAct()
  const enable = async () => {
    if (!(await act.run(() => api.patch(`${endpointsPath}/${endpoint.id}`, { enabled: true })))) return
    say(t('endpointEnableDone'))
    onEnabled()
  }
  return (
    <div class="alert bad">
      <Icon name="alert" />
      <span>
        <strong>{t(reasons[endpoint.disabled_reason ?? 'by_hand'])}</strong> {t('disabledNext')}
        {act.failure !== null && <span role="alert"> {explainFailure(act.failure, t)}</span>}
      </span>
      <Button isBusy={act.isBusy} onPress={() => void enable()}>
        {t('endpointEnable')}
      </Button>
    </div>
  )
}
