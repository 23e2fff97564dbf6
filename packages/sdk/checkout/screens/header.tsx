import type { CheckoutAppConfig } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import type { Controller } from '../controller.ts'

/** Whose checkout it is, what the user has, the way back and the way out. */
export function Header({ controller, config }: { controller: Controller; config: CheckoutAppConfig }) {
  const { words } = controller
  const goBack = backFrom(controller)
  return (
    <header>
      {goBack !== null && (
        <button type="button" class="icon back" aria-label={words.value('back')} onClick={goBack}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="m14.5 6-6 6 6 6" />
          </svg>
        </button>
      )}
      <Logo name={config.appName} url={config.logoUrl} />
      <div class="who">
        <bdi class="app-name">{config.appName}</bdi>
        <Balance controller={controller} />
      </div>
      <button type="button" class="icon close" aria-label={words.value('close')} onClick={controller.requestClose}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M6.5 6.5l11 11M17.5 6.5l-11 11" />
        </svg>
      </button>
    </header>
  )
}

/** The app's logo; where there is none, or it does not load, its first letter. */
function Logo({ name, url }: { readonly name: string; readonly url: string | null }) {
  const [isBroken, setBroken] = useState(false)
  if (url !== null && !isBroken)
    return <img class="logo" src={url} alt="" width="36" height="36" onError={() => setBroken(true)} />
  return (
    <span class="logo letter" aria-hidden="true">
      {[...name.trim()][0]?.toLocaleUpperCase() ?? ''}
    </span>
  )
}

/** What this app may spend, and who is signed in. The success screen shows the balance itself, others the address. */
function Balance({ controller }: { controller: Controller }) {
  const { user, userKey, accountEmail, screen } = controller.state.value
  const { words, opened } = controller
  const isOnItsWay = user === null && userKey !== null && userKey === opened.value?.userKey
  const email = screen.name === 'consent' ? screen.email : accountEmail
  const parts = [
    isOnItsWay && '\u00a0',
    user !== null && screen.name !== 'success' && words.value('balance', { count: user.balance }),
    email !== null && screen.name !== 'amount' && <bdi>{email}</bdi>,
  ].filter(Boolean)
  if (parts.length === 0) return null
  return (
    <span class="balance cut">
      {parts[0]}
      {parts.length > 1 && <> · {parts[1]}</>}
    </span>
  )
}

/** Null where there is no way back: nothing came before, or a payment is under way. */
function backFrom(controller: Controller): (() => void) | null {
  const { screen } = controller.state.value
  if (screen.name === 'payment' && !screen.isSubmitted && !screen.isConfirming) return controller.backToAmount
  if (screen.name === 'email') return () => controller.dispatch({ type: 'login_left' })
  if (screen.name === 'code') return () => controller.dispatch({ type: 'login_wanted' })
  return null
}
