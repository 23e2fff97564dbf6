import {
  type AppSettings,
  type OriginProblem,
  originsMax,
  type ReadOrigin,
  readPageOrigin,
} from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Button } from '../../shared/parts/button.tsx'
import { Field, Switch } from '../../shared/parts/field.tsx'
import { Icon } from '../../shared/parts/icons.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { type SettingsDesk, useSettings } from '../app/use-settings.ts'
import { useWords } from '../messages/words-context.ts'
import { SaveBar } from '../parts/save-bar.tsx'

export function OriginsPage() {
  const { t } = useWords()
  const desk = useSettings()
  return (
    <Page title={t('originsTitle')} lead={t('originsLead')}>
      <Answer of={desk.resource} rows={5}>
        {(settings) => <OriginForm key={settings.version} desk={desk} settings={settings} />}
      </Answer>
    </Page>
  )
}

const problemWords = {
  empty: 'originEmpty',
  wildcard: 'originWildcard',
  no_scheme: 'originNoScheme',
  not_https: 'originNotHttps',
  has_path: 'originHasPath',
  has_user: 'originHasUser',
  no_origin: 'originNone',
} as const satisfies Readonly<Record<OriginProblem, string>>

type Wrong = Exclude<ReadOrigin, { origin: string }> | 'twice' | 'full'

/** Origins are saved together, so that a page that moves never has neither its old nor its new one. */
function OriginForm({ desk, settings }: { readonly desk: SettingsDesk; readonly settings: AppSettings }) {
  const { t } = useWords()
  const [origins, setOrigins] = useState(settings.origins)
  const [isLocalhostAllowed, setLocalhostAllowed] = useState(settings.allow_localhost)
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState<Wrong | null>(null)
  const add = (text: string) => {
    const read = readPageOrigin(text)
    if ('problem' in read) return setWrong(read)
    if (origins.includes(read.origin)) return setWrong('twice')
    if (origins.length >= originsMax) return setWrong('full')
    setOrigins([...origins, read.origin])
    setTyped('')
    setWrong(null)
  }
  const type = (text: string) => {
    setTyped(text)
    setWrong(null)
  }
  const isChanged =
    isLocalhostAllowed !== settings.allow_localhost || origins.toSorted().join() !== settings.origins.toSorted().join()
  return (
    <form
      class="settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (typed.trim() !== '') add(typed)
        else void desk.save({ origins, allow_localhost: isLocalhostAllowed })
      }}
    >
      <section class="card" aria-labelledby="list">
        <h2 id="list">{t('originsTitle')}</h2>
        <OriginList origins={origins} canChange={desk.canChange} onChange={setOrigins} />
        {desk.canChange && <OriginAdder typed={typed} wrong={wrong} onType={type} onAdd={add} />}
      </section>
      <section class="card" aria-label={t('allowLocalhost')}>
        <Switch
          label={t('allowLocalhost')}
          isOn={isLocalhostAllowed}
          onChange={(isOn) => desk.canChange && setLocalhostAllowed(isOn)}
        />
        <p class="hint">{t('allowLocalhostHint')}</p>
      </section>
      <SaveBar
        desk={desk}
        isChanged={isChanged}
        onDiscard={() => {
          setOrigins(settings.origins)
          setLocalhostAllowed(settings.allow_localhost)
        }}
      />
    </form>
  )
}

function OriginList({
  origins,
  canChange,
  onChange,
}: {
  readonly origins: readonly string[]
  readonly canChange: boolean
  readonly onChange: (origins: readonly string[]) => void
}) {
  const { t } = useWords()
  return origins.length === 0 ? (
    <Empty icon="origins" title={t('originsEmpty')}>
      {t('originsEmptyHint')}
    </Empty>
  ) : (
    <ul class="lines">
      {origins.map((origin) => (
        <li key={origin}>
          <div>
            <code>{origin}</code>
          </div>
          {canChange && (
            <button
              type="button"
              class="icon-button"
              aria-label={t('originRemove', { origin })}
              onClick={() => onChange(origins.filter((one) => one !== origin))}
            >
              <Icon name="close" />
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

function OriginAdder({
  typed,
  wrong,
  onType,
  onAdd,
}: {
  readonly typed: string
  readonly wrong: Wrong | null
  readonly onType: (text: string) => void
  readonly onAdd: (text: string) => void
}) {
  const { t } = useWords()
  const suggestion = wrong !== null && typeof wrong === 'object' ? wrong.suggestion : null
  const explain = () => {
    if (wrong === null) return null
    if (wrong === 'twice') return t('originTwice')
    return wrong === 'full' ? t('originsFull') : t(problemWords[wrong.problem])
  }
  return (
    <>
      <div class="with-button">
        <Field
          label={t('originAdd')}
          hint={t('originHint')}
          name="origin"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          placeholder="https://app.example"
          value={typed}
          problem={explain()}
          onInput={(event) => onType(event.currentTarget.value)}
        />
        <Button onPress={() => onAdd(typed)}>{t('originAddButton')}</Button>
      </div>
      {suggestion !== null && (
        <p class="suggestion">
          {t('originMeant', { origin: suggestion })}{' '}
          <button type="button" class="link" onClick={() => onAdd(suggestion)}>
            {t('originUse')}
          </button>
        </p>
      )}
    </>
  )
}
