import type { AppSettings } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { Choice, Field, Switch } from '../../../shared/parts/field.tsx'
import type { SettingsDesk } from '../../app/use-settings.ts'
import { useWords } from '../../messages/words-context.ts'
import { SaveBar } from '../../parts/save-bar.tsx'
import { changeOf, fieldsOfSettings, problemsOf, type SettingsFields } from './settings-fields.ts'

const windows = [
  ['day', 'windowDay'],
  ['week', 'windowWeek'],
  ['month', 'windowMonth'],
  ['total', 'windowTotal'],
] as const

export function GeneralForm({ desk, settings }: { readonly desk: SettingsDesk; readonly settings: AppSettings }) {
  const { t } = useWords()
  const known = fieldsOfSettings(settings)
  const [fields, setFields] = useState(known)
  const [isTried, setTried] = useState(false)
  const problems = problemsOf(fields)
  const set = (change: Partial<SettingsFields>) => setFields({ ...fields, ...change })
  const problemOf = (name: keyof SettingsFields) => {
    const problem = problems[name]
    return isTried && problem !== undefined ? t(problem) : null
  }
  const text = (name: 'name' | 'website' | 'supportEmail' | 'statementSuffix' | 'budget') => ({
    name,
    value: fields[name],
    problem: problemOf(name),
    readOnly: !desk.canChange,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => set({ [name]: event.currentTarget.value }),
  })
  const save = () => {
    setTried(true)
    if (Object.keys(problems).length === 0) void desk.save(changeOf(fields))
  }
  return (
    <form
      class="settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <section class="card" aria-labelledby="general">
        <h2 id="general">{t('general')}</h2>
        <Field label={t('appName')} hint={t('ownNameHint')} autoComplete="off" {...text('name')} />
        <Field label={t('website')} type="url" placeholder="https://app.example" {...text('website')} />
        <Field label={t('supportEmail')} hint={t('supportEmailHint')} type="email" {...text('supportEmail')} />
      </section>
      <section class="card" aria-labelledby="payments">
        <h2 id="payments">{t('payments')}</h2>
        <Field
          label={t('statementSuffix')}
          hint={t('statementSuffixHint')}
          autoComplete="off"
          {...text('statementSuffix')}
        />
      </section>
      <section class="card" aria-labelledby="suggested">
        <h2 id="suggested">{t('suggestedLimit')}</h2>
        <p class="soft">{t('suggestedLimitLead')}</p>
        <Switch
          label={t('suggestOwn')}
          isOn={fields.hasLimit}
          onChange={(hasLimit) => desk.canChange && set({ hasLimit })}
        >
          <div class="pair">
            <Field label={t('budgetCredits')} inputMode="decimal" {...text('budget')} />
            <Choice
              label={t('budgetWindow')}
              value={fields.window}
              options={windows.map(([value, label]) => ({ value, label: t(label) }))}
              onChoose={(value) => {
                const window = windows.find(([one]) => one === value)?.[0]
                if (window !== undefined && desk.canChange) set({ window })
              }}
            />
          </div>
        </Switch>
        {!fields.hasLimit && <p class="hint">{t('suggestUsual')}</p>}
      </section>
      <SaveBar
        desk={desk}
        isChanged={JSON.stringify(changeOf(fields)) !== JSON.stringify(changeOf(known))}
        onDiscard={() => {
          setFields(known)
          setTried(false)
        }}
      />
    </form>
  )
}
