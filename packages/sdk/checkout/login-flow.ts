import { ApiFailure } from '@opencredits/protocol'
import type { AccountFlow } from './account-flow.ts'
import type { CheckoutContext } from './checkout-context.ts'
import { codeOf, explainError } from './explain-error.ts'

export interface LoginFlow {
  /** On the success screen the code goes to the address of the payment, which only the server knows. */
  sendCode(email: string, isAgain: boolean): Promise<void>
  verifyCode(code: string): Promise<void>
}

/** The server takes so many for one code. */
const triesMax = 5

/** Signing in by a mailed code. It leads back to where it began: the amount, what was bought, or a limit. */
export function createLoginFlow(context: CheckoutContext, account: AccountFlow): LoginFlow {
  const { api, state, dispatch, send, words } = context
  /** Of the newest code. */
  let wrongTries = 0
  let expiresAt = 0

  /** The server refuses in words for developers; which refusal it is follows from what happened here. */
  const explainRefusal = (error: unknown): string => {
    if (!(error instanceof ApiFailure) || error.code !== 'invalid_request') return explainError(error, words.value)
    if (Date.now() / 1000 > expiresAt) return words.value('codeExpired')
    wrongTries += 1
    if (wrongTries > triesMax) return words.value('codeTooOften')
    return wrongTries === triesMax
      ? words.value('codeWrongLast')
      : words.value('codeWrong', { count: triesMax - wrongTries })
  }

  return {
    async sendCode(email, isAgain) {
      const { screen, userKey } = state.value
      const to = screen.name === 'success' ? { session_id: screen.sessionId } : { email }
      dispatch({ type: 'asked' })
      try {
        const answer = await api.sendCode({ ...to, locale: context.locale.value }, userKey)
        wrongTries = 0
        expiresAt = answer.expires_at
        dispatch({ type: 'code_sent', loginId: answer.login_id, email, isAgain })
      } catch (error) {
        const message = explainError(error, words.value)
        dispatch({ type: 'refused', problem: message })
        send({ type: 'error', code: codeOf(error), message })
      }
    },
    async verifyCode(code) {
      const { screen, userKey } = state.value
      if (!('loginId' in screen) || screen.loginId === null) return
      dispatch({ type: 'asked' })
      try {
        const request = { login_id: screen.loginId, code, sdk_protocol: context.pageProtocol() }
        const answer = await api.verifyCode(request, userKey)
        api.keepSession(answer.session_token ?? null)
        if ('consent_required' in answer) account.askConsent(answer)
        else account.completeSignIn({ ...answer, hasConsented: false })
      } catch (error) {
        const message = explainRefusal(error)
        dispatch({ type: 'refused', problem: message })
        if (codeOf(error) !== 'invalid_request') send({ type: 'error', code: codeOf(error), message })
      }
    },
  }
}
