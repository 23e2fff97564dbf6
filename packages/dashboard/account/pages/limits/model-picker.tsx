import { useId, useState } from 'preact/hooks'
import { useResource } from '../../../shared/api/use-resource.ts'
import { useWords } from '../../messages/words-context.ts'

export interface OfferedModels {
  readonly data: readonly { readonly id: string; readonly name: string }[]
}

/** Every model, or those that are ticked. */
export function ModelPicker({
  chosen,
  problem,
  onChange,
}: {
  readonly chosen: readonly string[] | null
  readonly problem: string | null
  readonly onChange: (models: readonly string[] | null) => void
}) {
  const { t } = useWords()
  const id = useId()
  const [search, setSearch] = useState('')
  const offered = useResource<OfferedModels>(chosen === null ? null : '/v1/models')
  // A model that is no longer on offer may still be named by the limit.
  const all = [...new Set([...(chosen ?? []), ...(offered.data?.data.map((model) => model.id) ?? [])])].sort()
  const found = all.filter((model) => model.includes(search.trim().toLowerCase()))
  const toggle = (model: string, isOn: boolean) =>
    onChange(isOn ? [...(chosen ?? []), model] : (chosen ?? []).filter((one) => one !== model))
  return (
    <fieldset aria-describedby={`${id}-problem`}>
      <legend>{t('models')}</legend>
      <label class="radio">
        <input type="radio" name={id} checked={chosen === null} onChange={() => onChange(null)} />
        <span>{t('allModels')}</span>
      </label>
      <label class="radio">
        <input type="radio" name={id} checked={chosen !== null} onChange={() => onChange(chosen ?? [])} />
        <span>{t('someModels')}</span>
      </label>
      {chosen !== null && (
        <div class="picker">
          <input
            type="search"
            aria-label={t('searchModels')}
            placeholder={t('searchModels')}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <div class="picker-list">
            {found.map((model) => (
              <label key={model} class="radio">
                <input
                  type="checkbox"
                  checked={chosen.includes(model)}
                  onChange={(event) => toggle(model, event.currentTarget.checked)}
                />
                <span>{model}</span>
              </label>
            ))}
            {found.length === 0 && <p class="soft">{t(offered.isLoading ? 'loading' : 'noModels')}</p>}
          </div>
        </div>
      )}
      <p id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </p>
    </fieldset>
  )
}
