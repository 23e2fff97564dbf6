import type { TargetedSubmitEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Screen as ScreenState } from '../checkout-state.ts'
import type { Controller } from '../controller.ts'
import { Problem } from './amount-screen.tsx'
import { Screen } from './screen.tsx'

const resendAfterSeconds = 30

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
      bar={
        <button type="submit" class="primary" aria-disabled={screen.isBusy} aria-busy={screen.isBusy}>
          {words.value(screen.isBusy ? 'sending' : 'sendCode')}
        </button>
      }
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
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const secondsLeft = useCountdown(screen.loginId)
  const shownProblem = problem ?? screen.problem
  const field = useFirstFocus()
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (screen.isBusy) return
    field.current?.focus()
    if (!/^\d{6}$/.test(code.replace(/[\s-]/g, ''))) return setProblem(words.value('codeInvalid'))
    setProblem(null)
    void controller.verifyCode(code)
  }
  return (
    <Screen
      onSubmit={submit}
      bar={
        <>
          <button type="submit" class="primary" aria-disabled={screen.isBusy} aria-busy={screen.isBusy}>
            {words.value(screen.isBusy ? 'verifying' : 'verify')}
          </button>
          <button
            type="button"
            class="quiet"
            disabled={secondsLeft > 0 || screen.isBusy}
            onClick={() => void controller.sendCode(screen.email, true)}
          >
            {secondsLeft > 0 ? words.value('resendIn', { count: secondsLeft }) : words.value('resend')}
          </button>
        </>
      }
    >
      <h1>{words.value('codeHeading')}</h1>
      <p id="code-hint" class="soft">
        {words.value('codeHint', { email: screen.email })}
      </p>
      <label class="field">
        <span>{words.value('codeLabel')}</span>
        <input
          ref={field}
          class="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={9}
          dir="ltr"
          value={code}
          aria-invalid={shownProblem !== null}
          aria-describedby="code-hint code-problem"
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      <Problem id="code-problem" text={shownProblem} />
      <p role="status" class="status">
        {screen.hasResent ? words.value('resent') : ''}
      </p>
    </Screen>
  )
}

/** One came here to type, so the field has the focus; its label and hint say where one is. */
function useFirstFocus() {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return field
}

/** Seconds until another code may be asked for; begins anew with each code. */
function useCountdown(loginId: string): number {
  const [left, setLeft] = useState({ loginId, seconds: resendAfterSeconds })
  const seconds = left.loginId === loginId ? left.seconds : resendAfterSeconds
  useEffect(() => {
    if (seconds <= 0) return
    const timer = setTimeout(() => setLeft({ loginId, seconds: seconds - 1 }), 1000)
    return () => clearTimeout(timer)
  }, [loginId, seconds])
  return seconds
}
