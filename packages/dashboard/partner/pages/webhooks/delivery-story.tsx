import type { WebhookAttempt, WebhookDeliveryStory } from '@opencredits/protocol'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer } from '../../../shared/parts/answer.tsx'
import { Button } from '../../../shared/parts/button.tsx'
import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { Page } from '../../../shared/parts/page.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { Fact } from '../../parts/facts.tsx'
import { DeliveryBadge } from './delivery-table.tsx'
import { useReloadWhile } from './use-reload-while.ts'

/** One delivery: what was sent at each attempt, and what was answered. */
export function DeliveryStory({ id }: { readonly id: string }) {
  const { t } = useWords()
  const { api, href } = useApp()
  const path = `/v1/partner/webhook_deliveries/${encodeURIComponent(id)}`
  const delivery = useResource<WebhookDeliveryStory>(api.path(path))
  useReloadWhile(delivery.data?.state === 'pending', delivery.reload)
  return (
    <Page
      title={delivery.data?.event_type ?? t('deliveryTitle')}
      parent={{ href: href('webhooks/deliveries'), name: t('deliveriesTab') }}
      lead={
        <>
          <code>{id}</code> <CopyButton text={id} name={t('deliveryId')} />
        </>
      }
      actions={delivery.data !== null && <RetryButton path={`${path}/retry`} onRetried={delivery.reload} />}
    >
      {delivery.data === null ? (
        <div class="card">
          <Answer of={delivery} rows={8}>
            {() => null}
          </Answer>
        </div>
      ) : (
        <Story delivery={delivery.data} />
      )}
    </Page>
  )
}

function RetryButton({ path, onRetried }: { readonly path: string; readonly onRetried: () => void }) {
  const { t } = useWords()
  const { api } = useApp()
  const say = useNotice()
  const act = useAct()
  const retry = async () => {
    if (!(await act.run(() => api.post(path)))) return
    say(t('retried'))
    onRetried()
  }
  return (
    <>
      <Button isBusy={act.isBusy} onPress={() => void retry()}>
        {t('retry')}
      </Button>
      {act.failure !== null && (
        <p class="problem" role="alert">
          {act.failure.code === 'conflict' ? t('disabledNext') : explainFailure(act.failure, t)}
        </p>
      )}
    </>
  )
}

function Story({ delivery }: { readonly delivery: WebhookDeliveryStory }) {
  const { t, format } = useWords()
  const { href } = useApp()
  return (
    <>
      <section class="card" aria-label={t('deliveryTitle')}>
        <dl class="facts">
          <Fact name={t('endpointState')}>
            <DeliveryBadge state={delivery.state} />
          </Fact>
          <Fact name={t('time')}>{format.dateTime(delivery.created_at)}</Fact>
          <Fact name={t('endpointTitle')}>
            <a href={href(`webhooks/${delivery.endpoint_id}`)}>{delivery.url}</a>
          </Fact>
          <Fact name={t('eventId')}>
            <code>{delivery.event_id}</code>
          </Fact>
          {delivery.next_attempt_at !== null && (
            <Fact name={t('nextAttempt')}>{format.dateTime(delivery.next_attempt_at)}</Fact>
          )}
        </dl>
      </section>
      <section class="card" aria-labelledby="body">
        <h2 id="body">{t('requestBody')}</h2>
        {delivery.request_body === null ? (
          <p class="soft">{t('requestBodyGone')}</p>
        ) : (
          <Message text={indent(delivery.request_body)} />
        )}
      </section>
      {delivery.attempts.length === 0 && <p class="note">{t('noAttempts')}</p>}
      {delivery.attempts.toReversed().map((attempt, index) => (
        <Attempt key={attempt.attempt} attempt={attempt} url={delivery.url} isOpen={index === 0} />
      ))}
    </>
  )
}

/** Signed is the body as it was sent, without the spaces; it is shown with them, to be read. */
function indent(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2)
}

function Attempt({
  attempt,
  url,
  isOpen,
}: {
  readonly attempt: WebhookAttempt
  readonly url: string
  readonly isOpen: boolean
}) {
  const { t, format } = useWords()
  const { pathname, search, host } = new URL(url)
  const head = attempt.request_headers
  const lines = Object.entries(head ?? {}).map(([name, value]) => `${name}: ${value}`)
  return (
    <details class="card flush fold" open={isOpen}>
      <summary>
        {t('attemptNumber', { number: format.number(attempt.attempt) })}{' '}
        <span class={attempt.error === null ? 'tag good' : 'tag bad'}>{attempt.status ?? t('answeredNone')}</span>{' '}
        <small class="soft">
          {format.dateTime(attempt.at)} · {t('attemptTook', { ms: format.number(attempt.took_ms) })}
        </small>
      </summary>
      <div class="attempt">
        {attempt.error !== null && <p class="note">{attempt.error}</p>}
        <h3>{t('requestHead')}</h3>
        {head === null ? (
          <p class="soft">{t('requestHeadGone')}</p>
        ) : (
          <Message text={[`POST ${pathname}${search}`, `host: ${host}`, ...lines].join('\n')} />
        )}
        <h3>
          {t('responseBody')} <small class="soft">{t('responseHint')}</small>
        </h3>
        {attempt.response_head === null ? (
          <p class="soft">{t('responseNone')}</p>
        ) : (
          <Message text={attempt.response_head} />
        )}
      </div>
    </details>
  )
}

/** Long lines are broken, so that nothing has to be scrolled to be read. */
export function Message({ text }: { readonly text: string }) {
  return (
    <div class="snippet">
      <pre class="message">
        <code>{text}</code>
      </pre>
    </div>
  )
}
