import type { WebhookEndpoint } from '@opencredits/protocol'
import { useWords } from '../../messages/words-context.ts'

export function EndpointBadge({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { t, format } = useWords()
  if (!endpoint.enabled) return <span class="tag bad">{t('endpointDisabled')}</span>
  if (endpoint.failing_since !== null)
    return (
      <span class="tag bad">{t('endpointFailing', { date: format.moment(endpoint.failing_since, Date.now()) })}</span>
    )
  return <span class="tag good">{t('endpointEnabled')}</span>
}
