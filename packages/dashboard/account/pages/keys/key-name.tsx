import type { AccountKey } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { callApi } from '../../../shared/api/call-api.ts'
import { Button } from '../../../shared/parts/button.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Field } from '../../../shared/parts/field.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useWords } from '../../messages/words-context.ts'

export function KeyName({ of: key, onChanged }: { readonly of: AccountKey; readonly onChanged: () => void }) {
  const { t } = useWords()
  const say = useNotice()
  const act = useAct()
  const [name, setName] = useState(key.name ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const rename = async () => {
    if (name.trim() === '') return setProblem(t('nameInvalid'))
    setProblem(null)
    const body = { name: name.trim() }
    if (!(await act.run(() => callApi(`/v1/account/keys/${key.id}`, { method: 'PATCH', body })))) return
    say(t('nameSaved'))
    onChanged()
  }
  return (
    <section class="card">
      <form
        class="inline-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void rename()
        }}
      >
        <Field
          label={t('keyName')}
          maxLength={100}
          autoComplete="off"
          value={name}
          problem={problem ?? (act.failure === null ? null : explainFailure(act.failure, t))}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Button isSubmit isBusy={act.isBusy}>
          {t('rename')}
        </Button>
      </form>
    </section>
  )
}
