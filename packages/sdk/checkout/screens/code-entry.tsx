import type { TargetedSubmitEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Controller } from '../controller.ts'
import { toAsciiDigits } from '../parse-amount.ts'
import { testWorld } from '../test-world/load-test-world.ts'
import { Problem } from './problem.tsx'

const resendAfterSeconds = 30

/** What a mailed code is typed into, and asked for again. The field is where one types next, so it has the focus. */
export function useCodeEntry(
  controller: Controller,
  sent: {
    readonly loginId: string
    readonly email: string
    readonly problem: string | null
    readonly isBusy: boolean
    readonly hasResent: boolean
  },
) {
  const { words } = controller
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const secondsLeft = useCountdown(sent.loginId)
  const shownProblem = problem ?? sent.problem
  const field = useFirstFocus()
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (sent.isBusy) return
    field.current?.focus()
    const digits = toAsciiDigits(code).replace(/[\s-]/g, '')
    if (!/^\d{8}$/.test(digits)) return setProblem(words.value('codeInvalid'))
    setProblem(null)
    void controller.verifyCode(digits)
  }
  return {
    submit,
    entry: (
      <>
        <p id="code-hint" class="soft">
          {testWorld.value?.testCodeHint(controller) ?? words.value('codeHint', { email: sent.email })}
        </p>
        <label class="field">
          <span>{words.value('codeLabel')}</span>
          <input
            ref={field}
            class="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={16}
            dir="ltr"
            value={code}
            aria-invalid={shownProblem !== null}
            aria-describedby="code-hint code-problem"
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </label>
        <Problem id="code-problem" text={shownProblem} />
        <p role="status" class="status">
          {sent.hasResent ? words.value('resent') : ''}
        </p>
      </>
    ),
    resend: (
      <button
        type="button"
        class="quiet"
        disabled={secondsLeft > 0 || sent.isBusy}
        onClick={() => void controller.sendCode(sent.email, true)}
      >
        {secondsLeft > 0 ? words.value('resendIn', { count: secondsLeft }) : words.value('resend')}
      </button>
    ),
  }
}

/** One came here to type; the field's label and hint say where one is. */
export function useFirstFocus() {
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
