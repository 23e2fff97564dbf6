import { type CursorPage, type WebhookEvent, webhookEventTypes } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../../shared/api/call-api.ts'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../../shared/parts/answer.tsx'
import { Choice } from '../../../shared/parts/field.tsx'
import { Paging } from '../../../shared/parts/paging.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { Message } from './delivery-story.tsx'
import { WebhookListPage } from './webhook-list-page.tsx'

/** What happened in the app, newest first, with the bodies that were sent. */
export function EventList() {
  const { t } = useWords()
  const { api, href } = useApp()
  const { query, route } = useLocation()
  const { type, after } = query
  const events = useResource<CursorPage<WebhookEvent>>(
    api.path('/v1/partner/webhook_events', { type, after, limit: 50 }),
  )
  const addressOf = (values: Readonly<Record<string, string | null | undefined>>) =>
    href('webhooks/events') + queryOf(values)
  return (
    <WebhookListPage
      tab="webhooks/events"
      filters={
        <div class="filters">
          <Choice
            label={t('eventType')}
            value={type ?? ''}
            options={[{ value: '', label: t('all') }, ...webhookEventTypes.map((value) => ({ value, label: value }))]}
            onChoose={(chosen) => route(addressOf({ type: chosen }))}
          />
        </div>
      }
    >
      <Answer of={events} rows={8}>
        {(page) =>
          page.data.length === 0 ? (
            <Empty icon="webhooks" title={t(type === undefined ? 'eventsEmpty' : 'eventsNone')}>
              {type === undefined ? t('eventsEmptyHint') : <a href={href('webhooks/events')}>{t('showAll')}</a>}
            </Empty>
          ) : (
            page.data.map((event) => <EventRow key={event.id} event={event} />)
          )
        }
      </Answer>
      <Paging
        isFirst={after === undefined}
        first={addressOf({ type })}
        next={events.data?.has_more === true ? addressOf({ type, after: events.data.next }) : null}
      />
    </WebhookListPage>
  )
}

function EventRow({ event: { id, ...body } }: { readonly event: WebhookEvent }) {
  const { t, format } = useWords()
  return (
    <details class="fold event">
      <summary>
        <code>{body.type}</code>{' '}
        <small class="soft">{format.dateTime(Math.floor(Date.parse(body.timestamp) / 1000))}</small>
      </summary>
      <div class="attempt">
        <p>
          <small class="soft">{t('eventId')}</small> <code>{id}</code>
        </p>
        <Message text={JSON.stringify(body, null, 2)} />
      </div>
    </details>
  )
}
