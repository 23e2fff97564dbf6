import type { AccountRequestStory } from '@opencredits/protocol'
import type { ComponentChildren } from 'preact'
import { useRoute } from 'preact-iso/router'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer } from '../../shared/parts/answer.tsx'
import { CopyButton } from '../../shared/parts/copy-button.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { StatusBadge } from '../../shared/parts/status-badge.tsx'
import { useWords, type Words } from '../messages/words-context.ts'
import { ChargeTable } from './requests/charge-table.tsx'
import { TokenTable } from './requests/token-table.tsx'

/** One call from what was asked for to what was paid. */
export function RequestPage() {
  const { t } = useWords()
  const { params } = useRoute()
  const id = params.id ?? ''
  const story = useResource<AccountRequestStory>(`/v1/account/requests/${encodeURIComponent(id)}`)
  return (
    <Page
      title={story.data?.model ?? t('requestTitle')}
      parent={{ href: '/account/requests', name: t('requestsTitle') }}
      lead={
        <>
          <code>{id}</code> <CopyButton text={id} name={t('requestId')} />
        </>
      }
    >
      <Answer of={story} rows={8}>
        {(data) => <Story story={data} />}
      </Answer>
    </Page>
  )
}

function Story({ story }: { readonly story: AccountRequestStory }) {
  const words = useWords()
  const { t, format } = words
  const began = Date.parse(story.created_at) / 1000
  const ended = story.ended_at === null ? null : Date.parse(story.ended_at) / 1000
  return (
    <>
      <section class="card summary" aria-labelledby="outcome">
        <h2 id="outcome">{t('outcome')}</h2>
        <p class="figure">
          {story.charge === null ? t('notCharged') : t('creditsExact', { credits: format.exact(story.charge) })}{' '}
          <StatusBadge status={story.status} isPassThrough={story.billed_to === 'passthrough'} />
        </p>
        <p>{story.explanation}</p>
        {story.estimated && <p class="note">{t('estimatedNote')}</p>}
        {story.error !== null && (
          <p class="note">
            {t('providerSaid')} <code>{story.error}</code>
          </p>
        )}
      </section>
      <section class="card" aria-labelledby="asked">
        <h2 id="asked">{t('asked')}</h2>
        <dl class="facts">
          <Fact name={t('time')}>{format.dateTime(began)}</Fact>
          <Fact name={t('app')}>{story.app.name}</Fact>
          <Fact name={t('key')}>{story.key.name ?? `…${story.key.last_four}`}</Fact>
          <Fact name={t('model')}>{story.model}</Fact>
          <Fact name={t('endpoint')}>
            <code>{story.endpoint}</code>
          </Fact>
          <Fact name={t('streamed')}>{t(story.stream ? 'yes' : 'no')}</Fact>
          {story.max_tokens.requested !== null && (
            <Fact name={t('maxTokens')}>
              {format.number(story.max_tokens.requested)}
              {story.max_tokens.clamped && story.max_tokens.sent !== null && (
                <small> {t('clampedTo', { tokens: format.number(story.max_tokens.sent) })}</small>
              )}
            </Fact>
          )}
          {story.first_byte_ms !== null && (
            <Fact name={t('firstByte')}>{t('milliseconds', { ms: format.number(story.first_byte_ms) })}</Fact>
          )}
          {ended !== null && <Fact name={t('duration')}>{describeDuration((ended - began) * 1000, words)}</Fact>}
          {story.http_status !== null && <Fact name={t('providerStatus')}>{String(story.http_status)}</Fact>}
        </dl>
      </section>
      <TokenTable story={story} />
      <ChargeTable story={story} />
    </>
  )
}

function describeDuration(durationMs: number, { t, format }: Words): string {
  if (durationMs < 1000) return t('milliseconds', { ms: format.number(durationMs) })
  return t('seconds', { seconds: format.exact(Math.round(durationMs / 100) / 10) })
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
