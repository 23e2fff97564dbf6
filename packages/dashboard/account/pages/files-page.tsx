import type { AccountFile, AccountFiles } from '@opencredits/protocol'
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
import { FileTable } from './files/file-table.tsx'
import { KeptTabs } from './files/kept-tabs.tsx'
import { Storage } from './files/storage.tsx'

/** What programs keep here for the user, in all apps. */
export function FilesPage() {
  const { t } = useWords()
  const { query } = useLocation()
  const say = useNotice()
  const [leaving, setLeaving] = useState<AccountFile | null>(null)
  const files = useResource<AccountFiles>(`/v1/account/files${queryOf({ after: query.after, limit: 50 })}`)
  const next = files.data?.has_more === true ? files.data.next : null
  const remove = async ({ id, filename }: AccountFile) => {
    await callApi(`/v1/account/files/${id}`, { method: 'DELETE' })
    say(t('fileDeleted', { name: filename }))
    files.reload()
  }
  return (
    <Page title={t('filesTitle')} lead={t('filesLead')}>
      <section class="card flush" aria-label={t('filesTitle')}>
        <KeptTabs current="files" />
        <Answer of={files} rows={5}>
          {(page) =>
            page.data.length === 0 ? (
              <Empty icon="files" title={t('filesEmpty')}>
                {t('filesEmptyHint')}
              </Empty>
            ) : (
              <>
                <Storage usedBytes={page.stored_bytes} mostBytes={page.stored_bytes_max} />
                <FileTable files={page.data} onDelete={setLeaving} />
              </>
            )
          }
        </Answer>
        <Paging
          isFirst={query.after === undefined}
          first="/account/files"
          next={next === null ? null : `/account/files${queryOf({ after: next })}`}
        />
      </section>
      {leaving !== null && (
        <Confirmation
          title={t('deleteFileQuestion', { name: leaving.filename })}
          text={t('deleteFileLead', { app: leaving.app.name })}
          confirm={t('deleteFile')}
          onConfirm={() => remove(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </Page>
  )
}
