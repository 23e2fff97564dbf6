import type { Controller } from '../controller.ts'

/** For who does not read the mail of the address that the code goes to. */
export function OtherEmail({ controller }: { controller: Controller }) {
  return (
    <p class="account">
      <button type="button" class="link" onClick={() => controller.dispatch({ type: 'login_wanted' })}>
        {controller.words.value('otherEmail')}
      </button>
    </p>
  )
}
