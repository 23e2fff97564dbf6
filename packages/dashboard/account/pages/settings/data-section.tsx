import { ApiFailure } from '@opencredits/protocol'
import { useContext, useState } from 'preact/hooks'
import { callApi } from '../../../shared/api/call-api.ts'
import { Button } from '../../../shared/parts/button.tsx'
import { Confirmation } from '../../../shared/parts/confirmation.tsx'
import { Icon } from '../../../shared/parts/icons.tsx'
import { SessionContext } from '../../../shared/session/session-context.ts'
import { useWords } from '../../messages/words-context.ts'

/** Taking one's data along, and leaving. */
export function DataSection() {
  const { t } = useWords()
  const { leave } = useContext(SessionContext)
  const [question, setQuestion] = useState<'delete' | 'forfeit' | null>(null)
  const erase = (body: { readonly forfeit?: true }) => async () => {
    try {
      await callApi('/v1/account/delete', { method: 'POST', body })
    } catch (error) {
      // So much is left that it is asked for by itself.
      if (!(error instanceof ApiFailure) || error.code !== 'balance_remaining') throw error
      return setQuestion('forfeit')
    }
    leave('deleted')
  }
  const typed = { word: t('deleteWord'), label: t('deleteType', { word: t('deleteWord') }) }
  return (
    <>
      <section class="card danger-zone" aria-labelledby="export">
        <div>
          <h2 id="export">{t('exportTitle')}</h2>
          <p class="soft">{t('exportLead')}</p>
        </div>
        <a class="button" href="/v1/account/export" download>
          <Icon name="download" />
          {t('exportButton')}
        </a>
      </section>
      <section class="card danger-zone" aria-labelledby="delete">
        <div>
          <h2 id="delete">{t('deleteTitle')}</h2>
          <p class="soft">{t('deleteLead')}</p>
        </div>
        <Button kind="danger" onPress={() => setQuestion('delete')}>
          {t('deleteTitle')}
        </Button>
      </section>
      {question !== null && (
        <Confirmation
          key={question}
          title={t(question === 'delete' ? 'deleteQuestion' : 'forfeitQuestion')}
          text={t(question === 'delete' ? 'deleteLead' : 'forfeitLead')}
          confirm={t(question === 'delete' ? 'deleteTitle' : 'forfeitConfirm')}
          typed={typed}
          onConfirm={erase(question === 'delete' ? {} : { forfeit: true })}
          onClose={() => setQuestion((now) => (now === question ? null : now))}
        />
      )}
    </>
  )
}
