import { useWords } from '../../messages/words-context.ts'

/** All events, or those that are ticked. */
export function EventPicker({
  types,
  chosen,
  problem,
  onChange,
}: {
  readonly types: readonly string[]
  /** Null: all. */
  readonly chosen: readonly string[] | null
  readonly problem: string | null
  readonly onChange: (chosen: readonly string[] | null) => void
}) {
  const { t } = useWords()
  return (
    <fieldset>
      <legend>{t('endpointEvents')}</legend>
      <label class="radio">
        <input type="radio" name="events" checked={chosen === null} onChange={() => onChange(null)} />
        {t('eventsAll')}
      </label>
      <label class="radio">
        <input type="radio" name="events" checked={chosen !== null} onChange={() => onChange(chosen ?? [])} />
        {t('eventsChosen')}
      </label>
      {chosen !== null && (
        <div class="checks">
          {types.map((type) => (
            <label key={type} class="radio">
              <input
                type="checkbox"
                checked={chosen.includes(type)}
                onChange={(event) =>
                  onChange(types.filter((one) => (one === type ? event.currentTarget.checked : chosen.includes(one))))
                }
              />
              <code>{type}</code>
            </label>
          ))}
        </div>
      )}
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  )
}
