import { useEffect, useState } from 'preact/hooks'
import type { Screen } from '../checkout-state.ts'
import type { Controller } from '../controller.ts'
import { strings } from '../strings.ts'
import { Heading } from './heading.tsx'

const resendAfterSeconds = 30

export function EmailScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<Screen, { name: 'email' }>
}) {
  const [email, setEmail] = useState(controller.opened.value?.email ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const shownProblem = problem ?? screen.problem
  const submit = (event: Event) => {
    event.preventDefault()
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())) return setProblem(strings.emailInvalid)
    setProblem(null)
    void controller.sendCode(email.trim(), false)
  }
  return (
    <form class="screen" onSubmit={submit} noValidate>
      <Heading text={strings.emailHeading} />
      <p id="email-hint">{strings.emailHint}</p>
      <label class="field">
        <span>{strings.emailLabel}</span>
        <input
          type="email"
          autoComplete="email"
          value={email}
          aria-invalid={shownProblem !== null}
          aria-describedby="email-hint email-problem"
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </label>
      <p id="email-problem" class="problem" role="alert">
        {shownProblem}
      </p>
      <button type="submit" class="primary" disabled={screen.isBusy} aria-busy={screen.isBusy}>
        {screen.isBusy ? strings.sending : strings.sendCode}
      </button>
      <button type="button" class="plain" onClick={controller.backToAmount}>
        {strings.back}
      </button>
    </form>
  )
}

export function CodeScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<Screen, { name: 'code' }>
}) {
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const secondsLeft = useCountdown(screen.loginId)
  const shownProblem = problem ?? screen.problem
  const submit = (event: Event) => {
    event.preventDefault()
    if (!/^\d{6}$/.test(code.replace(/[\s-]/g, ''))) return setProblem(strings.codeInvalid)
    setProblem(null)
    void controller.verifyCode(code)
  }
  return (
    <form class="screen" onSubmit={submit} noValidate>
      <Heading text={strings.codeHeading} />
      <p id="code-hint">{strings.codeHint(screen.email)}</p>
      <label class="field">
        <span>{strings.codeLabel}</span>
        <input
          class="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={9}
          value={code}
          aria-invalid={shownProblem !== null}
          aria-describedby="code-hint code-problem"
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      <p id="code-problem" class="problem" role="alert">
        {shownProblem}
      </p>
      <p role="status">{screen.hasResent ? strings.resent : ''}</p>
      <button type="submit" class="primary" disabled={screen.isBusy} aria-busy={screen.isBusy}>
        {screen.isBusy ? strings.verifying : strings.verify}
      </button>
      <button
        type="button"
        class="plain"
        disabled={secondsLeft > 0 || screen.isBusy}
        onClick={() => void controller.sendCode(screen.email, true)}
      >
        {secondsLeft > 0 ? strings.resendIn(secondsLeft) : strings.resend}
      </button>
      <button type="button" class="plain" onClick={controller.wantLogin}>
        {strings.back}
      </button>
    </form>
  )
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
