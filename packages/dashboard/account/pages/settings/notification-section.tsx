import type { AccountNotifications } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { callApi } from '../../../shared/api/call-api.ts'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer } from '../../../shared/parts/answer.tsx'
import { Button } from '../../../shared/parts/button.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Field, Switch } from '../../../shared/parts/field.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useWords } from '../../messages/words-context.ts'

export function NotificationSection() {
  const { t } = useWords()
  const settings = useResource<AccountNotifications>('/v1/account/notifications')
  return (
    <section class="card" aria-labelledby="notifications">
      <h2 id="notifications">{t('notifications')}</h2>
      <p class="soft">{t('notificationsLead')}</p>
      <Answer of={settings} rows={4}>
        {(data) => <NotificationForm initial={data} />}
      </Answer>
    </section>
  )
}

function NotificationForm({ initial }: { readonly initial: AccountNotifications }) {
  const { t } = useWords()
  const say = useNotice()
  const act = useAct()
  const [settings, setSettings] = useState(initial)
  const [threshold, setThreshold] = useState(String(initial.low_balance.threshold))
  const [percent, setPercent] = useState(String(initial.key_budget.percent))
  const [problem, setProblem] = useState<'threshold' | 'percent' | null>(null)
  const change = (part: Partial<AccountNotifications>) => setSettings((now) => ({ ...now, ...part }))
  const save = async () => {
    const numbers = { threshold: Number(threshold), percent: Number(percent) }
    if (!(numbers.threshold > 0)) return setProblem('threshold')
    if (!(Number.isInteger(numbers.percent) && numbers.percent >= 1 && numbers.percent <= 100))
      return setProblem('percent')
    setProblem(null)
    const body: AccountNotifications = {
      ...settings,
      low_balance: { enabled: settings.low_balance.enabled, threshold: numbers.threshold },
      key_budget: { enabled: settings.key_budget.enabled, percent: numbers.percent },
    }
    if (await act.run(() => callApi('/v1/account/notifications', { method: 'PUT', body }))) say(t('saved'))
  }
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Switch
        label={t('notifyLow')}
        isOn={settings.low_balance.enabled}
        onChange={(enabled) => change({ low_balance: { ...settings.low_balance, enabled } })}
      >
        <Field
          label={t('notifyLowBelow')}
          type="number"
          min={0}
          step="any"
          value={threshold}
          problem={problem === 'threshold' ? t('thresholdInvalid') : null}
          onInput={(event) => setThreshold(event.currentTarget.value)}
        />
      </Switch>
      <Switch
        label={t('notifyBudget')}
        isOn={settings.key_budget.enabled}
        onChange={(enabled) => change({ key_budget: { ...settings.key_budget, enabled } })}
      >
        <Field
          label={t('notifyBudgetAt')}
          type="number"
          min={1}
          max={100}
          step={1}
          value={percent}
          problem={problem === 'percent' ? t('percentInvalid') : null}
          onInput={(event) => setPercent(event.currentTarget.value)}
        />
      </Switch>
      <Switch
        label={t('notifyApp')}
        isOn={settings.new_app.enabled}
        onChange={(enabled) => change({ new_app: { enabled } })}
      />
      <Switch
        label={t('notifySignIn')}
        isOn={settings.new_sign_in.enabled}
        onChange={(enabled) => change({ new_sign_in: { enabled } })}
      />
      {act.failure !== null && (
        <p class="problem" role="alert">
          {explainFailure(act.failure, t)}
        </p>
      )}
      <div>
        <Button kind="primary" isSubmit isBusy={act.isBusy}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
