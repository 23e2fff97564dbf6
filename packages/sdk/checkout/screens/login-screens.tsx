import type { TargetedSubmitEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { Controller } from '../controller.ts'
import type { Screen as ScreenState } from '../screen-state.ts'
import { useCodeEntry, useFirstFocus } from './code-entry.tsx'
import { Problem } from './problem.tsx'
import { Screen } from './screen.tsx'
import { Submit } from './submit.tsx'

export function EmailScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<ScreenState, { name: 'email' }>
}) {
  const { words } = controller
  const email = controller.state.value.email ?? controller.opened.value?.email ?? ''
  const [problem, setProblem] = useState<string | null>(null)
  const shownProblem = problem ?? screen.problem
  const field = useFirstFocus()
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (screen.isBusy) return
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())) {
      field.current?.focus()
      return setProblem(words.value('emailInvalid'))
    }
    setProblem(null)
    void controller.sendCode(email.trim(), false)
  }
  return (
    <Screen
      onSubmit={submit}
      bar={<Submit controller={controller} isBusy={screen.isBusy} text="sendCode" busyText="sending" />}
    >
      <h1>{words.value('emailHeading')}</h1>
      <p id="email-hint" class="soft">
        {words.value('emailHint')}
      </p>
      <label class="field">
        <span>{words.value('emailLabel')}</span>
        <input
          ref={field}
          type="email"
          autoComplete="email"
          dir="ltr"
          value={email}
          aria-invalid={shownProblem !== null}
          aria-describedby="email-hint email-problem"
          onInput={(event) => controller.dispatch({ type: 'email_typed', email: event.currentTarget.value })}
        />
      </label>
      <Problem id="email-problem" text={shownProblem} />
    </Screen>
  )
}

export function CodeScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<ScreenState, { name: 'code' }>
}) {
  const { words } = controller
  const { submit, entry, resend } = useCodeEntry(controller, screen)
  return (
    <Screen
      onSubmit={submit}
      bar={
        <>
          <Submit controller={controller} isBusy={screen.isBusy} text="verify" busyText="verifying" />
          {resend}
        </>
      }
    >
      <h1>{words.value('codeHeading')}</h1>
      {entry}
    </Screen>
  )
}
