import type { Controller } from '../controller.ts'
import type { LimitScreen as LimitState, Screen as ScreenState } from '../screen-state.ts'
import { Heading } from './heading.tsx'
import { windowInWords } from './limit-sentence.tsx'
import { Problem } from './problem.tsx'
import { Screen } from './screen.tsx'
import { NotNow, Submit } from './submit.tsx'

/** The app has spent what it may. It is the user's own limit, so the user can raise it. */
export function LimitScreen({ controller, screen }: { controller: Controller; screen: LimitState }) {
  const { words, config } = controller
  const { limit } = screen
  const needed = controller.opened.value?.needed ?? null
  return (
    <Screen
      isCentred
      onSubmit={(event) => {
        event.preventDefault()
        if (!screen.isBusy) void controller.raise()
      }}
      bar={
        <>
          <Submit controller={controller} isBusy={screen.isBusy} text="raiseLimit" />
          <NotNow controller={controller} onClick={controller.leaveLimit} />
        </>
      }
    >
      <svg class="gauge" viewBox="0 0 48 48" aria-hidden="true">
        <path d="M8 36a20 20 0 1 1 32 0M24 26l9-9" />
      </svg>
      <Heading text={words.value('limitHeading')} />
      <p class="limit">
        {limit !== null &&
          words.value('limitReached', {
            app: config.appName,
            credits: words.value('credits', { count: limit.budget }),
            window: windowInWords(controller, limit.window),
          })}
      </p>
      {needed !== null && <p class="soft">{words.value('needed', { count: Math.ceil(needed) })}</p>}
      <Problem id="limit-problem" text={screen.problem} />
    </Screen>
  )
}

/** A purchase that was made as a guest with the address that was just verified. */
export function ClaimScreen({
  controller,
  screen,
}: {
  controller: Controller
  screen: Extract<ScreenState, { name: 'claim' }>
}) {
  const { words, locale } = controller
  const { purchase } = screen
  const date = new Date(purchase.purchased_at * 1000)
  const isThisYear = date.getFullYear() === new Date().getFullYear()
  const format = new Intl.DateTimeFormat(locale.value, {
    ...{ day: 'numeric', month: 'long' },
    ...(isThisYear ? {} : { year: 'numeric' }),
  })
  return (
    <Screen
      isCentred
      onSubmit={(event) => {
        event.preventDefault()
        if (!screen.isBusy) void controller.addClaim()
      }}
      bar={
        <>
          <Submit controller={controller} isBusy={screen.isBusy} text="claimAdd" />
          <NotNow controller={controller} onClick={controller.leaveClaim} />
        </>
      }
    >
      <Heading text={words.value('claimHeading')} />
      <p>
        {words.value('claimText', {
          credits: words.value('credits', { count: purchase.credits }),
          app: purchase.app_name,
          date: format.format(date),
        })}
      </p>
      <Problem id="claim-problem" text={screen.problem} />
    </Screen>
  )
}
