import { ApiFailure } from './api.ts'
import type { CheckoutContext } from './checkout-context.ts'
import { codeOf, explainError } from './explain-error.ts'

export interface LoginFlow {
  sendCode(email: string, isAgain: boolean): Promise<void>
  verifyCode(code: string): Promise<void>
}

/** The server takes so many for one code. */
const triesMax = 5

/** Signing in by a mailed code. It leads back to where it began: the amount, or what was bought. */
export function createLoginFlow(context: CheckoutContext): LoginFlow {
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
      dispatch({ type: 'code_wanted' })
      try {
        const { login_id: loginId, expires_at: expires } = await api.sendCode(email, context.locale.value)
        wrongTries = 0
        expiresAt = expires
        dispatch({ type: 'code_sent', loginId, email, isAgain })
      } catch (error) {
        const message = explainError(error, words.value)
        dispatch({ type: 'email_refused', problem: message })
        send({ type: 'error', code: codeOf(error), message })
      }
    },
    async verifyCode(code) {
      const { screen, userKey } = state.value
      if (screen.name !== 'code') return
      dispatch({ type: 'code_checking' })
      try {
        const answer = await api.verifyCode(screen.loginId, code, userKey)
        const user = { email: answer.email, is_guest: false, balance: answer.balance }
        dispatch({ type: 'user_known', userKey: answer.user_key, user })
        send({ type: 'login_completed', userKey: answer.user_key, balance: answer.balance })
        dispatch({ type: 'login_left' })
      } catch (error) {
        const message = explainRefusal(error)
        dispatch({ type: 'code_refused', problem: message })
        if (codeOf(error) !== 'invalid_request') send({ type: 'error', code: codeOf(error), message })
      }
    },
  }
}
