import { useEffect, useState } from 'preact/hooks'
import type { Controller } from '../controller.ts'
import type { SuccessScreen as SuccessState } from '../screen-state.ts'
import { Heading } from './heading.tsx'
import { AccountScreen } from './load-account-screens.tsx'
import { OtherEmail } from './other-email.tsx'
import { Problem } from './problem.tsx'
import { Screen } from './screen.tsx'
import { NotNow, Submit } from './submit.tsx'

type Parts = { readonly controller: Controller; readonly screen: SuccessState }

/** What was bought. A guest is asked to save it; who is signed in is done. */
export function SuccessScreen({ controller, screen }: Parts) {
  const { user, accountEmail } = controller.state.value
  const { words } = controller
  const { loginId } = screen
  if (user?.is_guest !== false)
    return loginId === null ? (
      <SaveOffer controller={controller} screen={screen} />
    ) : (
      <AccountScreen controller={controller} screen={{ ...screen, loginId }} />
    )
  return (
    <Screen
      isCentred
      bar={
        <button type="button" class="primary" onClick={controller.close}>
          {words.value('done')}
        </button>
      }
    >
      <Added controller={controller} screen={screen} />
      {accountEmail !== null && (
        <p class="account">
          <span class="cut" dir="auto">
            {words.value('signedInAs', { email: accountEmail })}
          </span>
        </p>
      )}
    </Screen>
  )
}

/** Where the address of the payment is known, the code goes there at once; else one types it. */
function SaveOffer({ controller, screen }: Parts) {
  const { words } = controller
  const { emailHint } = screen
  return (
    <Screen
      isCentred
      onSubmit={(event) => {
        event.preventDefault()
        if (screen.isBusy) return
        if (emailHint === null) controller.dispatch({ type: 'login_wanted' })
        else void controller.sendCode(emailHint, false)
      }}
      bar={
        <>
          <Submit controller={controller} isBusy={screen.isBusy} text="saveCredits" busyText="sending" />
          <NotNow controller={controller} onClick={controller.close} />
        </>
      }
    >
      <Added controller={controller} screen={screen} />
      <p class="note">{words.value('savedHere')}</p>
      <Problem id="save-problem" text={screen.problem} />
      {screen.problem !== null && <OtherEmail controller={controller} />}
    </Screen>
  )
}

/** The balance counts up to what it is now. */
function Added({ controller, screen }: Parts) {
  const { words } = controller
  const shown = useCountUp(screen.balance - screen.creditsAdded, screen.balance)
  const number = new Intl.NumberFormat(controller.locale.value, { maximumFractionDigits: 2, roundingMode: 'floor' })
  const added = words.value('successAdded', { count: screen.creditsAdded })
  return (
    <>
      <svg class="tick" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="22" />
        <path d="m15 24.8 6.2 6.2L33.5 18" />
      </svg>
      <Heading text={words.value('successHeading')} />
      <p class="sum" aria-hidden="true">
        <strong data-final={number.format(screen.balance)}>{number.format(shown)}</strong>{' '}
        {words.value('successLabel', { count: screen.balance })}
      </p>
      <p role="status" class="visually-hidden">
        {added} {words.value('successBalance', { count: screen.balance })}
      </p>
      {screen.creditsAdded !== screen.balance && (
        <p class="soft" aria-hidden="true">
          {added}
        </p>
      )}
    </>
  )
}

const countUpMs = 900

/** From the old to the new, fast at first; at once for who wants no motion. */
function useCountUp(from: number, to: number): number {
  const [value, setValue] = useState(matchMedia('(prefers-reduced-motion: reduce)').matches ? to : from)
  useEffect(() => {
    if (value === to) return
    const startMs = performance.now()
    let handle = requestAnimationFrame(function count(nowMs) {
      const share = Math.min(1, (nowMs - startMs) / countUpMs)
      setValue(share === 1 ? to : Math.round(from + (to - from) * (1 - (1 - share) ** 3)))
      if (share < 1) handle = requestAnimationFrame(count)
    })
    return () => cancelAnimationFrame(handle)
  }, [to])
  return value
}
