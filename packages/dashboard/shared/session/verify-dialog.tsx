import type { ComponentChildren } from 'preact'
import { useCallback, useContext, useRef, useState } from 'preact/hooks'
import { asFailure } from '../api/use-resource.ts'
import { useWords } from '../messages/words-context.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { explainFailure } from '../parts/explain-failure.ts'
import { CodeStep, sendCode } from './code-step.tsx'
import { PasskeyButton } from './passkey-button.tsx'
import { SessionContext } from './session-context.ts'
import { VerifyContext } from './use-act.ts'

/** Lets every page below it ask the user to prove again who they are, without leaving what they do. */
export function VerifyProvider({ children }: { readonly children: ComponentChildren }) {
  const answer = useRef<((isVerified: boolean) => void) | null>(null)
  const [isOpen, setOpen] = useState(false)
  const verify = useCallback(() => {
    setOpen(true)
    return new Promise<boolean>((resolve) => {
      answer.current = resolve
    })
  }, [])
  const close = (isVerified: boolean) => {
    setOpen(false)
    answer.current?.(isVerified)
  }
  return (
    <VerifyContext.Provider value={verify}>
      {children}
      {isOpen && <VerifyDialog onClose={close} />}
    </VerifyContext.Provider>
  )
}

function VerifyDialog({ onClose }: { readonly onClose: (isVerified: boolean) => void }) {
  const { t } = useWords()
  const { state, enter } = useContext(SessionContext)
  const [loginId, setLoginId] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const email = state.name === 'signed_in' ? state.session.user.email : ''
  const send = async () => {
    setBusy(true)
    await sendCode(email).then(
      ({ login_id }) => setLoginId(login_id),
      (error: unknown) => setProblem(explainFailure(asFailure(error), t)),
    )
    setBusy(false)
  }
  const done: typeof enter = (session) => {
    enter(session)
    onClose(true)
  }
  return (
    <Dialog title={t('verifyTitle')} onClose={() => onClose(false)}>
      {loginId === null ? (
        <div class="form">
          <p>{t('verifyLead')}</p>
          <Button kind="primary" isBusy={isBusy} onPress={() => void send()}>
            {t('verifySend', { email })}
          </Button>
          <p class="problem" role="alert">
            {problem}
          </p>
          <PasskeyButton onSignedIn={done} />
        </div>
      ) : (
        <CodeStep email={email} loginId={loginId} onResent={setLoginId} onSignedIn={done} />
      )}
    </Dialog>
  )
}
