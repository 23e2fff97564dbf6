import type { ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import { useWords } from '../messages/words-context.ts'
import { Icon } from '../parts/icons.tsx'
import { SessionContext } from './session-context.ts'

/** Says that a role of the user waits for a passkey, with what to do about it; nothing in all other sessions. */
export function PasskeyAlert({ children }: { readonly children: ComponentChildren }) {
  const { t } = useWords()
  const { state } = useContext(SessionContext)
  if (state.name !== 'signed_in' || !state.session.passkey_required) return null
  return (
    <ul class="alerts">
      <li class="alert">
        <Icon name="alert" />
        <span>{t('passkeyWanted')}</span>
        {children}
      </li>
    </ul>
  )
}
