import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useWords } from '../messages/words-context.ts'
import { useAct } from '../session/use-act.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { explainFailure } from './explain-failure.ts'
import { Field } from './field.tsx'

/** Asks before what cannot be undone; where it is grave, by a word that has to be typed. */
export function Confirmation({
  title,
  text,
  confirm,
  typed,
  onConfirm,
  onClose,
  children,
}: {
  readonly title: string
  readonly text: string
  readonly confirm: string
  readonly typed?: { readonly word: string; readonly label: string }
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
  readonly children?: ComponentChildren
}) {
  const { t } = useWords()
  const act = useAct()
  const [word, setWord] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const submit = async () => {
    if (typed !== undefined && word.trim().toLocaleLowerCase() !== typed.word.toLocaleLowerCase())
      return setProblem(typed.label)
    setProblem(null)
    if (await act.run(onConfirm)) onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <p>{text}</p>
        {children}
        {typed !== undefined && (
          <Field
            label={typed.label}
            autoComplete="off"
            autoCapitalize="off"
            spellcheck={false}
            value={word}
            problem={problem}
            onInput={(event) => setWord(event.currentTarget.value)}
          />
        )}
        {act.failure !== null && (
          <p class="problem" role="alert">
            {explainFailure(act.failure, t)}
          </p>
        )}
        <div class="buttons">
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="danger" isSubmit isBusy={act.isBusy}>
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
