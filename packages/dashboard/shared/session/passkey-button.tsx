import type { SessionResponse } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { asFailure } from '../api/use-resource.ts'
import { useWords } from '../messages/words-context.ts'
import { Button } from '../parts/button.tsx'
import { explainFailure } from '../parts/explain-failure.ts'
import { Icon } from '../parts/icons.tsx'
import { canUsePasskeys, PasskeyNotUsed, signInWithPasskey } from './passkey.ts'

export function PasskeyButton({ onSignedIn }: { readonly onSignedIn: (session: SessionResponse) => void }) {
  const { t } = useWords()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  if (!canUsePasskeys()) return null
  const signIn = async () => {
    setBusy(true)
    setProblem(null)
    try {
      onSignedIn(await signInWithPasskey())
    } catch (error) {
      const isRefused = error instanceof PasskeyNotUsed || asFailure(error).code === 'invalid_request'
      setProblem(isRefused ? t('passkeyNotUsed') : explainFailure(error, t))
    }
    setBusy(false)
  }
  return (
    <div class="form">
      <Button isBusy={isBusy} onPress={() => void signIn()}>
        <Icon name="passkey" />
        {t('passkeySignIn')}
      </Button>
      <p class="problem" role="alert">
        {problem}
      </p>
    </div>
  )
}
