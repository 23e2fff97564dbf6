import type { OfferedModel } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { useWords } from '../../messages/words-context.ts'

/** Every model with its price, by provider; where the app chooses, with a box to tick. */
export function ModelTable({
  offered,
  chosen,
  onChange,
}: {
  readonly offered: readonly OfferedModel[]
  /** Null: all. */
  readonly chosen: readonly string[] | null
  readonly onChange: (models: readonly string[]) => void
}) {
  const { t, format } = useWords()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const found = offered.filter(({ id, name }) => id.includes(wanted) || name.toLowerCase().includes(wanted))
  const providers = [...new Set(found.map(({ provider }) => provider))]
  const gone = (chosen ?? []).filter((id) => !offered.some((model) => model.id === id))
  const toggle = (ids: readonly string[], isOn: boolean) => {
    const others = (chosen ?? []).filter((id) => !ids.includes(id))
    onChange(isOn ? [...others, ...ids] : others)
  }
  return (
    <>
      <div class="search-line">
        <input
          type="search"
          aria-label={t('modelsSearch')}
          placeholder={t('modelsSearch')}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        {chosen !== null && (
          <span class="soft" role="status">
            {t('chosenOf', { chosen: format.number(chosen.length), all: format.number(offered.length) })}
          </span>
        )}
      </div>
      {found.length === 0 && <p class="soft">{t('modelsNone')}</p>}
      <div class="models">
        {providers.map((provider) => {
          const models = found.filter((model) => model.provider === provider)
          const ids = models.map(({ id }) => id)
          return (
            <table key={provider}>
              <caption>
                {chosen === null ? (
                  provider
                ) : (
                  <Tick
                    label={t('chooseAllOf', { provider })}
                    isOn={ids.every((id) => chosen.includes(id))}
                    onChange={(isOn) => toggle(ids, isOn)}
                  />
                )}
              </caption>
              <thead>
                <tr>
                  <th scope="col">{t('model')}</th>
                  <th scope="col" class="number">
                    {t('inputPrice')}
                  </th>
                  <th scope="col" class="number">
                    {t('outputPrice')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {models.map((model) => (
                  <tr key={model.id}>
                    <th scope="row">
                      {chosen === null ? (
                        model.name
                      ) : (
                        <Tick
                          label={model.name}
                          isOn={chosen.includes(model.id)}
                          onChange={(isOn) => toggle([model.id], isOn)}
                        />
                      )}
                      <small class="block">{model.id}</small>
                    </th>
                    <td class="number">{format.charge(model.input_price)}</td>
                    <td class="number">{format.charge(model.output_price)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        })}
        {gone.map((id) => (
          <p key={id}>
            <Tick label={id} isOn onChange={() => toggle([id], false)} /> <span class="tag">{t('modelGone')}</span>
          </p>
        ))}
      </div>
    </>
  )
}

function Tick({
  label,
  isOn,
  onChange,
}: {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}) {
  return (
    <label class="tick">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  )
}
