import type { PartnerRequestStory } from '@opencredits/protocol'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer } from '../../../shared/parts/answer.tsx'
import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { Page } from '../../../shared/parts/page.tsx'
import { StatusBadge } from '../../../shared/parts/status-badge.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords, type Words } from '../../messages/words-context.ts'
import { Fact } from '../../parts/facts.tsx'
import { UserName } from '../../parts/user-name.tsx'
import { BillTable, LineTable, TransferTable } from './cost-tables.tsx'

/** One call: how it ended, what it used, and what each of its microcredits is for. */
export function RequestStory({ id }: { readonly id: string }) {
  const { t } = useWords()
  const { api, href } = useApp()
  const story = useResource<PartnerRequestStory>(api.path(`/v1/partner/requests/${encodeURIComponent(id)}`))
  return (
    <Page
      title={story.data?.model ?? t('requestTitle')}
      parent={{ href: href('requests'), name: t('requestsTitle') }}
      lead={
        <>
          <code>{id}</code> <CopyButton text={id} name={t('requestId')} />
        </>
      }
    >
      {story.data === null ? (
        <div class="card">
          <Answer of={story} rows={8}>
            {() => null}
          </Answer>
        </div>
      ) : (
        <Story story={story.data} />
      )}
    </Page>
  )
}

function Story({ story }: { readonly story: PartnerRequestStory }) {
  const { t, format } = useWords()
  const earned = story.referral_share ?? 0
  return (
    <>
      <section class="card summary" aria-labelledby="outcome">
        <h2 id="outcome">{t('outcome')}</h2>
        <p class="figure">
          {earned === 0 ? t('notCharged') : t('earnedHere', { credits: format.exact(earned) })}{' '}
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
      <BillTable story={story} />
      <LineTable story={story} />
      <Asked story={story} />
      <TransferTable transfers={story.transfers} />
    </>
  )
}

function Asked({ story }: { readonly story: PartnerRequestStory }) {
  const words = useWords()
  const { t, format } = words
  const { href } = useApp()
  return (
    <section class="card" aria-labelledby="asked">
      <h2 id="asked">{t('asked')}</h2>
      <dl class="facts">
        <Fact name={t('time')}>{format.dateTime(story.created_at)}</Fact>
        <Fact name={t('user')}>
          <a href={href(`users/${story.user}`)}>
            <UserName id={story.user} />
          </a>
        </Fact>
        <Fact name={t('model')}>{story.model}</Fact>
        <Fact name={t('endpoint')}>
          <code>{story.endpoint}</code>
        </Fact>
        <Fact name={t('streamed')}>{t(story.stream ? 'yes' : 'no')}</Fact>
        {story.first_byte_ms !== null && <Fact name={t('firstByte')}>{describeMs(story.first_byte_ms, words)}</Fact>}
        {story.took_ms !== null && <Fact name={t('duration')}>{describeMs(story.took_ms, words)}</Fact>}
        {story.http_status !== null && <Fact name={t('providerStatus')}>{String(story.http_status)}</Fact>}
      </dl>
    </section>
  )
}

function describeMs(durationMs: number, { t, format }: Words): string {
  if (durationMs < 1000) return t('milliseconds', { ms: format.number(durationMs) })
  return t('seconds', { seconds: format.exact(Math.round(durationMs / 100) / 10) })
}
