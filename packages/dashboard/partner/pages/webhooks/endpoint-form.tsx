import { ApiFailure, webhookEventTypes } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { Button } from '../../../shared/parts/button.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Field } from '../../../shared/parts/field.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useWords } from '../../messages/words-context.ts'
import { EventPicker } from './event-picker.tsx'

export interface EndpointInput {
  readonly url: string
  readonly description: string | null
  /** Null: all. */
  readonly events: readonly string[] | null
}

/** Where events are to go, and which. */
export function EndpointForm({
  initial,
  submit,
  onSubmit,
}: {
  readonly initial: EndpointInput
  readonly submit: string
  readonly onSubmit: (input: EndpointInput) => Promise<unknown>
}) {
  const { t } = useWords()
  const act = useAct()
  const [input, setInput] = useState(initial)
  const [isChecked, setChecked] = useState(false)
  const isUrl = /^https?:\/\/\S+$/i.test(input.url) && URL.canParse(input.url)
  const hasEvents = input.events === null || input.events.length > 0
  const failure = act.failure
  // What is wrong with an address the server alone knows, and it says so in English, as all that is for makers.
  const refused = failure !== null && failure.param === 'url' ? failure.message.replace(/^url: /, '') : null
  const send = async () => {
    setChecked(true)
    if (!isUrl || !hasEvents) return
    await act.run(() => onSubmit(input))
  }
  const urlProblem = isChecked && !isUrl ? t('endpointUrlInvalid') : null
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Field
        label={t('endpointUrl')}
        hint={t('endpointUrlHint')}
        type="url"
        placeholder="https://app.example/webhooks"
        autoComplete="off"
        spellcheck={false}
        value={input.url}
        problem={refused === null ? urlProblem : t('endpointUrlRefused', { reason: refused })}
        onInput={(event) => setInput({ ...input, url: event.currentTarget.value.trim() })}
      />
      <Field
        label={t('endpointNote')}
        hint={t('endpointNoteHint')}
        maxLength={200}
        value={input.description ?? ''}
        onInput={(event) => setInput({ ...input, description: event.currentTarget.value || null })}
      />
      <EventPicker
        types={webhookEventTypes.filter((type) => type !== 'ping')}
        chosen={input.events}
        problem={isChecked && !hasEvents ? t('eventsChooseOne') : null}
        onChange={(events) => setInput({ ...input, events })}
      />
      {failure instanceof ApiFailure && refused === null && (
        <p class="problem" role="alert">
          {explainFailure(failure, t)}
        </p>
      )}
      <div class="buttons">
        <Button kind="primary" isSubmit isBusy={act.isBusy}>
          {submit}
        </Button>
      </div>
    </form>
  )
}
