import type { AppSettings, OfferedModel } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer } from '../../shared/parts/answer.tsx'
import { Choice } from '../../shared/parts/field.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useApp } from '../app/app-context.ts'
import { type SettingsDesk, useSettings } from '../app/use-settings.ts'
import { useWords } from '../messages/words-context.ts'
import { SaveBar } from '../parts/save-bar.tsx'
import { ModelTable } from './models/model-table.tsx'

export function ModelsPage() {
  const { t } = useWords()
  const { api } = useApp()
  const desk = useSettings()
  const models = useResource<{ readonly data: readonly OfferedModel[] }>(api.path('/v1/partner/models'))
  return (
    <Page title={t('modelsTitle')} lead={t('modelsLead')}>
      <Answer of={desk.resource} rows={8}>
        {(settings) => (
          <Answer of={models} rows={8}>
            {({ data }) => <ModelForm key={settings.version} desk={desk} settings={settings} offered={data} />}
          </Answer>
        )}
      </Answer>
    </Page>
  )
}

function ModelForm({
  desk,
  settings,
  offered,
}: {
  readonly desk: SettingsDesk
  readonly settings: AppSettings
  readonly offered: readonly OfferedModel[]
}) {
  const { t } = useWords()
  const [chosen, setChosen] = useState(settings.models)
  const [usual, setUsual] = useState(settings.default_model)
  const [problem, setProblem] = useState<string | null>(null)
  const choose = (models: readonly string[] | null) => {
    if (!desk.canChange) return
    setChosen(models)
    setProblem(null)
    // An estimate for a model that is no longer offered would be refused.
    if (usual !== null && models !== null && !models.includes(usual)) setUsual(null)
  }
  const isChanged = JSON.stringify([chosen, usual]) !== JSON.stringify([settings.models, settings.default_model])
  const answering = offered.filter(({ id, kind }) => kind === 'language' && (chosen === null || chosen.includes(id)))
  return (
    <form
      class="settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen !== null && chosen.length === 0) return setProblem(t('modelsNoneChosen'))
        void desk.save({ models: chosen, default_model: usual })
      }}
    >
      <section class="card" aria-labelledby="offered">
        <h2 id="offered">{t('modelsTitle')}</h2>
        <fieldset>
          <legend class="visually-hidden">{t('modelsTitle')}</legend>
          <label class="radio">
            <input type="radio" name="models" checked={chosen === null} onChange={() => choose(null)} />
            <span>{t('everyModel')}</span>
          </label>
          <label class="radio">
            <input
              type="radio"
              name="models"
              checked={chosen !== null}
              onChange={() => choose(chosen ?? settings.models ?? [])}
            />
            <span>{t('chosenModels')}</span>
          </label>
        </fieldset>
        <p class="problem" role="alert">
          {problem}
        </p>
        <ModelTable offered={offered} chosen={chosen} onChange={choose} />
      </section>
      <section class="card" aria-labelledby="usual">
        <h2 id="usual">{t('defaultModel')}</h2>
        <p class="soft">{t('defaultModelHint')}</p>
        <Choice
          label={t('defaultModel')}
          value={usual ?? ''}
          options={[
            { value: '', label: t('defaultModelMost') },
            ...answering.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChoose={(id) => desk.canChange && setUsual(id === '' ? null : id)}
        />
      </section>
      <SaveBar
        desk={desk}
        isChanged={isChanged}
        onDiscard={() => {
          setChosen(settings.models)
          setUsual(settings.default_model)
        }}
      />
    </form>
  )
}
