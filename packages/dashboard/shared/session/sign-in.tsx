import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import { asFailure } from '../api/use-resource.ts'
import { useWords } from '../messages/words-context.ts'
import { Brand } from '../parts/brand.tsx'
import { Button } from '../parts/button.tsx'
import { explainFailure } from '../parts/explain-failure.ts'
import { Field } from '../parts/field.tsx'
import { CodeStep, sendCode } from './code-step.tsx'
import { PasskeyButton } from './passkey-button.tsx'
import { forgetPending, keepPending, readPending } from './pending-sign-in.ts'
import { SessionContext } from './session-context.ts'

/** Stands in place of whichever page was asked for; once one is signed in, that page is there. */
export function SignIn({
  home,
  hint,
  foot,
}: {
  /** Where the brand leads to. */
  readonly home: string
  /** What an email address is asked for. */
  readonly hint: string
  /** What is behind the door. */
  readonly foot: string
}) {
  const { t } = useWords()
  const { state, enter } = useContext(SessionContext)
  const [pending, setPending] = useState(() => readPending(Date.now()))
  const [email, setEmail] = useState(pending?.email ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const notice = state.name === 'signed_out' ? state.notice : null
  useEffect(() => {
    document.title = t('documentTitle', { page: t('signInTitle') })
    if (notice !== null) heading.current?.focus()
  }, [t, notice])

  const send = async () => {
    const address = email.trim()
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) return setProblem(t('emailInvalid'))
    setBusy(true)
    setProblem(null)
    try {
      const { login_id, expires_at } = await sendCode(address)
      const sent = { email: address, loginId: login_id, expiresAt: expires_at }
      keepPending(sent)
      setPending(sent)
    } catch (error) {
      setProblem(explainFailure(asFailure(error), t))
    }
    setBusy(false)
  }
  const startOver = () => {
    forgetPending()
    setPending(null)
  }
  return (
    <main class="lone" id="main">
      <Brand href={home} />
      <section class="card">
        {notice !== null && (
          <p class="note" role="status">
            {t(notice === 'expired' ? 'signedOutExpired' : notice === 'deleted' ? 'accountDeleted' : 'signedOutLeft')}
          </p>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {t(pending === null ? 'signInTitle' : 'codeTitle')}
        </h1>
        {pending === null ? (
          <>
            <form
              class="form"
              noValidate
              onSubmit={(event) => {
                event.preventDefault()
                if (!isBusy) void send()
              }}
            >
              <Field
                label={t('emailLabel')}
                hint={hint}
                type="email"
                name="email"
                autoComplete="email"
                autoFocus
                value={email}
                problem={problem}
                onInput={(event) => setEmail(event.currentTarget.value)}
              />
              <Button kind="primary" isSubmit isBusy={isBusy}>
                {t('sendCode')}
              </Button>
            </form>
            <p class="or">{t('or')}</p>
            <PasskeyButton onSignedIn={enter} />
          </>
        ) : (
          <>
            <CodeStep
              email={pending.email}
              loginId={pending.loginId}
              onResent={(loginId) => {
                const sent = { ...pending, loginId }
                keepPending(sent)
                setPending(sent)
              }}
              onSignedIn={(session) => {
                forgetPending()
                enter(session)
              }}
            />
            <button type="button" class="link" onClick={startOver}>
              {t('otherEmail')}
            </button>
          </>
        )}
      </section>
      <p class="hint">{foot}</p>
    </main>
  )
}
