/**
 * What one sees only on the way to an account, in a chunk of its own: the checkout does not wait for it. Nor does it
 * wait for being counted.
 */
export { countOpen } from '../count-open.ts'
export { ConsentScreen } from './consent-screen.tsx'
export { ClaimScreen, LimitScreen } from './limit-screens.tsx'
export { CodeScreen, EmailScreen } from './login-screens.tsx'
export { SaveByCode } from './save-by-code.tsx'
