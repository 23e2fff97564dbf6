import type { Controller } from '../controller.ts'
import type { SuccessScreen } from '../screen-state.ts'
import { useCodeEntry } from './code-entry.tsx'
import { OtherEmail } from './other-email.tsx'
import { Screen } from './screen.tsx'
import { NotNow, Submit } from './submit.tsx'

/** A guest's purchase, and the code that went to the address of the payment. */
export type SavingState = SuccessScreen & { readonly loginId: string }

export function SaveByCode({ controller, screen }: { controller: Controller; screen: SavingState }) {
  const { words } = controller
  const { submit, entry, resend } = useCodeEntry(controller, { ...screen, email: screen.emailHint ?? '' })
  return (
    <Screen
      onSubmit={submit}
      bar={
        <>
          <Submit controller={controller} isBusy={screen.isBusy} text="saveCredits" busyText="verifying" />
          {resend}
          <NotNow controller={controller} onClick={controller.close} />
        </>
      }
    >
      <h1>{words.value('saveCredits')}</h1>
      {entry}
      <OtherEmail controller={controller} />
    </Screen>
  )
}
