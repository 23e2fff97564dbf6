import type { AccountFile } from '@opencredits/protocol'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useWords } from '../../messages/words-context.ts'

export function FileTable({
  files,
  onDelete,
}: {
  readonly files: readonly AccountFile[]
  readonly onDelete: (file: AccountFile) => void
}) {
  const { t } = useWords()
  return (
    <ScrollArea label={t('filesTitle')}>
      <table>
        <caption class="visually-hidden">{t('filesTitle')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('file')}</th>
            <th scope="col" class="wide">
              {t('app')}
            </th>
            <th scope="col" class="wide">
              {t('uploaded')}
            </th>
            <th scope="col" class="wide">
              {t('fileUsed')}
            </th>
            <th scope="col" class="wide">
              {t('keptUntil')}
            </th>
            <th scope="col" class="number">
              {t('size')}
            </th>
            <th scope="col">
              <span class="visually-hidden">{t('deleteFile')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <Row key={file.id} file={file} onDelete={onDelete} />
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function Row({ file, onDelete }: { readonly file: AccountFile; readonly onDelete: (file: AccountFile) => void }) {
  const { t, format } = useWords()
  return (
    <tr>
      <th scope="row">
        {file.filename}
        <small class="block">{file.mime_type}</small>
      </th>
      <td class="wide address">{file.app.name}</td>
      <td class="wide moment">{format.date(file.created_at)}</td>
      <td class="wide">
        {file.last_used_at === null ? (
          <span class="soft">{t('fileNeverUsed')}</span>
        ) : (
          <>
            {t('fileUses', { count: file.uses })}
            <small class="block">{format.ago(file.last_used_at, Date.now())}</small>
          </>
        )}
      </td>
      <td class="wide moment">
        {file.expires_at === null ? <span class="soft">{t('keptForGood')}</span> : format.date(file.expires_at)}
      </td>
      <td class="number">{format.bytes(file.size_bytes)}</td>
      <td class="act">
        <button type="button" class="button small" onClick={() => onDelete(file)}>
          {t('deleteFile')}
          <span class="visually-hidden"> {file.filename}</span>
        </button>
      </td>
    </tr>
  )
}
