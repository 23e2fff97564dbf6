import type { AccountBatch, CursorPage } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { callApi, queryOf } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Confirmation } from '../../shared/parts/confirmation.tsx'
import { useNotice } from '../../shared/parts/notices.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { Paging } from '../../shared/parts/paging.tsx'
import { useWords } from '../messages/words-context.ts'
import { BatchTable } from './files/batch-table.tsx'
import { KeptTabs } from './files/kept-tabs.tsx'

/** Requests that are answered within a day: how far they are, what they cost so far, and the way to end them. */
export function BatchesPage() {
  const { t } = useWords()
  const { query } = useLocation()
  const say = useNotice()
  const [asked, setAsked] = useState<AccountBatch | null>(null)
  const batches = useResource<CursorPage<AccountBatch>>(
    `/v1/account/batches${queryOf({ after: query.after, limit: 50 })}`,
  )
  const next = batches.data?.has_more === true ? batches.data.next : null
  const cancel = async ({ id }: AccountBatch) => {
    await callApi(`/v1/account/batches/${id}/cancel`, { method: 'POST' })
    say(t('batchCancelAsked'))
    batches.reload()
  }
  return (
    <Page title={t('batchesTitle')} lead={t('batchesLead')}>
      <section class="card flush" aria-label={t('batchesTitle')}>
        <KeptTabs current="batches" />
        <Answer of={batches} rows={5}>
          {(page) =>
            page.data.length === 0 ? (
              <Empty icon="files" title={t('batchesEmpty')}>
                {t('batchesEmptyHint')}
              </Empty>
            ) : (
              <BatchTable batches={page.data} onCancel={setAsked} />
            )
          }
        </Answer>
        <Paging
          isFirst={query.after === undefined}
          first="/account/files/batches"
          next={next === null ? null : `/account/files/batches${queryOf({ after: next })}`}
        />
      </section>
      {asked !== null && (
        <Confirmation
          title={t('cancelBatchQuestion')}
          text={t('cancelBatchLead')}
          confirm={t('cancelBatchConfirm')}
          onConfirm={() => cancel(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </Page>
  )
}
