import type { ApiFailure, SessionCodeResponse, SessionResponse } from '@opencredits/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { callApi } from '../api/call-api.ts'
import { asFailure } from '../api/use-resource.ts'
import { useWords } from '../messages/words-context.ts'
import { Button } from '../parts/button.tsx'
import { explainFailure } from '../parts/explain-failure.ts'
import { Field } from '../parts/field.tsx'

const resendAfterSeconds = 30

/** Asks for the mail. @throws ApiFailure */
export function sendCode(email: string): Promise<SessionCodeResponse> {
  return callApi('/v1/session/codes', { method: 'POST', body: { email, locale: navigator.language } })
}

/** The eight digits out of what was typed or pasted (`1234 5678`); null if they are not eight. */
export function readCode(typed: string): string | null {
  const digits = typed.replace(/[\s\u2010-\u2015-]/g, '')
  return /^\d{8}$/.test(digits) ? digits : null
}

/** Takes the code from the mail. */
export function CodeStep({
  email,
  loginId,
  onResent,
  onSignedIn,
}: {
  readonly email: string
  readonly loginId: string
  readonly onResent: (loginId: string) => void
  readonly onSignedIn: (session: SessionResponse) => void
}) {
  const { t } = useWords()
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [hasResent, setResent] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const secondsLeft = useCountdown(loginId)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])

  const act = async (work: () => Promise<void>) => {
    setBusy(true)
    setProblem(null)
    await work().catch((error: unknown) => setProblem(explainCodeFailure(asFailure(error))))
    setBusy(false)
  }
  const explainCodeFailure = (failure: ApiFailure) => {
    const triesLeft = /(\d+) (?:try|tries) left/.exec(failure.message)?.[1]
    return triesLeft === undefined ? explainFailure(failure, t) : t('codeWrong', { count: Number(triesLeft) })
  }
  const submit = () => {
    const code = readCode(typed)
    form.current?.querySelector('input')?.focus()
    if (code === null) return setProblem(t('codeInvalid'))
    void act(async () =>
      onSignedIn(await callApi<SessionResponse>('/v1/session', { method: 'POST', body: { login_id: loginId, code } })),
    )
  }
  const resend = () =>
    void act(async () => {
      onResent((await sendCode(email)).login_id)
      setTyped('')
      setResent(true)
    })
  return (
    <form
      ref={form}
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) submit()
      }}
    >
      <p>{t('codeSent', { email })}</p>
      <Field
        label={t('codeLabel')}
        class="code"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        placeholder="0000 0000"
        value={typed}
        problem={problem}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <Button kind="primary" isSubmit isBusy={isBusy}>
        {t('continue')}
      </Button>
      <button type="button" class="link" disabled={secondsLeft > 0} onClick={resend}>
        {secondsLeft > 0 ? t('resendIn', { count: secondsLeft }) : t('resend')}
      </button>
      <p role="status" class="hint">
        {hasResent ? t('resent') : ''}
      </p>
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
