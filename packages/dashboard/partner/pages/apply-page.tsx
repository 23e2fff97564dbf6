import type { MemberApp } from '@opencredits/protocol'
import { useContext, useRef, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { callApi } from '../../shared/api/call-api.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Button } from '../../shared/parts/button.tsx'
import { Field } from '../../shared/parts/field.tsx'
import { useNotice } from '../../shared/parts/notices.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useAct } from '../../shared/session/use-act.ts'
import { AppsContext } from '../app/apps-context.ts'
import { hrefOf } from '../app/place.ts'
import { type TitleKey, useWords } from '../messages/words-context.ts'
import { explainMemberFailure } from '../parts/explain-member-failure.ts'
import { type ApplicationDraft, type ApplicationField, readApplication } from './apply/read-application.ts'
import { TextArea } from './apply/text-area.tsx'

/** Signs an app up. Where the operator approves apps, it waits, and is built in its test world meanwhile. */
export function ApplyPage() {
  const { t } = useWords()
  const apps = useContext(AppsContext)
  return (
    <Page title={t('newAppTitle')} lead={t('newAppLead')} parent={{ href: '/partner', name: t('appsTitle') }}>
      <section class="card apply">
        <Answer of={apps} rows={6}>
          {({ sign_up: signUp }) =>
            signUp === 'closed' ? (
              <Empty icon="apps" title={t('newAppClosed')} />
            ) : (
              <ApplyForm isApproved={signUp === 'open'} />
            )
          }
        </Answer>
      </section>
    </Page>
  )
}

const problems: Readonly<Record<ApplicationField, TitleKey>> = {
  name: 'appNameProblem',
  website: 'websiteProblem',
  origins: 'originsProblem',
  description: 'descriptionProblem',
}

function ApplyForm({ isApproved }: { readonly isApproved: boolean }) {
  const { t } = useWords()
  const { reload } = useContext(AppsContext)
  const { route } = useLocation()
  const say = useNotice()
  const act = useAct()
  const form = useRef<HTMLFormElement>(null)
  const [draft, setDraft] = useState<ApplicationDraft>({ name: '', website: '', origins: '', description: '' })
  const [wrong, setWrong] = useState<readonly ApplicationField[]>([])
  const set = (field: ApplicationField) => (text: string) => setDraft((before) => ({ ...before, [field]: text }))
  const problemOf = (field: ApplicationField) => (wrong.includes(field) ? t(problems[field]) : null)
  const send = async () => {
    const read = readApplication(draft)
    setWrong('wrong' in read ? read.wrong : [])
    if ('wrong' in read) {
      // Once it is marked, the first wrong field is where one goes on.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      return
    }
    await act.run(async () => {
      const body = read.application
      const app = await callApi<MemberApp>('/v1/partner/applications', { method: 'POST', body })
      say(t(app.state === 'approved' ? 'signedUp' : 'applied'))
      reload()
      // Whatever the operator decides, one begins in the test world.
      route(hrefOf({ appId: app.id, livemode: false }, 'setup'))
    })
  }
  return (
    <form
      ref={form}
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <p class="note">{t(isApproved ? 'newAppOpen' : 'newAppApproval')}</p>
      <Field
        label={t('appNameLabel')}
        hint={t('appNameHint')}
        autoComplete="off"
        maxLength={100}
        value={draft.name}
        problem={problemOf('name')}
        onInput={(event) => set('name')(event.currentTarget.value)}
      />
      <Field
        label={t('websiteLabel')}
        hint={t('websiteHint')}
        inputMode="url"
        autoComplete="url"
        spellcheck={false}
        placeholder="https://"
        value={draft.website}
        problem={problemOf('website')}
        onInput={(event) => set('website')(event.currentTarget.value)}
      />
      <TextArea
        label={t('originsLabel')}
        hint={t('originsHint')}
        rows={3}
        value={draft.origins}
        problem={problemOf('origins')}
        onText={set('origins')}
      />
      <TextArea
        label={t('descriptionLabel')}
        hint={t('descriptionHint')}
        rows={4}
        value={draft.description}
        problem={problemOf('description')}
        onText={set('description')}
      />
      {act.failure !== null && (
        <p class="problem" role="alert">
          {act.failure.code === 'conflict' ? t('tooManyApps') : explainMemberFailure(act.failure, t)}
        </p>
      )}
      <div class="buttons">
        <Button kind="primary" isSubmit isBusy={act.isBusy}>
          {t(isApproved ? 'signUpApp' : 'apply')}
        </Button>
      </div>
    </form>
  )
}
