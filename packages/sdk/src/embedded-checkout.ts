import type { FrameMessage } from '@opencredits/protocol'
import { type CheckoutDialog, createCheckoutDialog } from './checkout-dialog.ts'
import { type CompletedPurchase, OpenCreditsError, type OpenOptions } from './options.ts'
import { type Page, tellError } from './page.ts'
import { currencyOf, findProblem } from './preflight.ts'
import type { SessionTracker } from './session-tracker.ts'

/** The checkout in the dialog of the page. */
export interface EmbeddedCheckout {
  open(wish: OpenOptions): void
  requestClose(): void
  /** The user was signed out by the page. */
  signedOut(): void
}

export function createEmbeddedCheckout(page: () => Page, tracker: SessionTracker): EmbeddedCheckout {
  let dialog: CheckoutDialog | null = null
  let dialogUrl = ''
  let wish: OpenOptions = {}

  const show = () => {
    const { options, store } = page()
    const shown = findDialog()
    const currency = wish.currency?.toLowerCase() ?? currencyOf(page())
    const isNew = shown.open({
      type: 'open',
      currency,
      // Stripe's frames do not load in a cross-origin isolated page.
      mode: globalThis.crossOriginIsolated || options.checkoutMode === 'new_tab' ? 'new_tab' : 'embedded',
      amount: wish.amount ?? null,
      userKey: store.userKey,
      locale: options.locale ?? null,
      theme: options.theme ?? 'auto',
      email: options.email ?? null,
      canOpenTab: !globalThis.crossOriginIsolated,
      reason: wish.reason ?? null,
      needed: wish.needed ?? null,
    })
    if (isNew) void explainFailure(shown, currency)
  }

  /** Beside the loading of the frame, which is only slower to fail. */
  const explainFailure = async (shown: CheckoutDialog, currency: string) => {
    const problem = await findProblem(page(), currency, 'no-store')
    if (problem === null) return
    tellError(page(), problem, false)
    shown.showProblem(problem.code === 'network_error' ? '' : problem.message)
  }

  const onBlocked = () => {
    const blocked = new OpenCreditsError(
      'checkout_blocked',
      `The checkout at ${page().baseUrl} did not load. Check frame-src of the page's Content-Security-Policy.`,
    )
    console.error(blocked)
    tellError(page(), blocked, false)
    dialog?.showProblem('')
  }

  const findDialog = (): CheckoutDialog => {
    const { options, baseUrl } = page()
    const url = `${baseUrl}/checkout?pk=${encodeURIComponent(options.publishableKey)}&origin=${encodeURIComponent(location.origin)}${globalThis.crossOriginIsolated ? '&isolated=1' : ''}`
    if (dialog !== null && dialogUrl === url) return dialog
    dialogUrl = url
    dialog = createCheckoutDialog(url, {
      onMessage: (message) => onFrameMessage(page(), tracker, message),
      onBlocked,
      onRetry: show,
      onClosed() {
        const { store, outcome } = page()
        if (store.pending !== null) void tracker.watch(store.pending)
        outcome?.settle()
      },
    })
    return dialog
  }
  return {
    open(given) {
      wish = given
      show()
    },
    requestClose: () => dialog?.requestClose(),
    signedOut: () => dialog?.send({ type: 'signed_out' }),
  }
}

function onFrameMessage(page: Page, tracker: SessionTracker, message: FrameMessage): void {
  const { store, hub, balance, outcome } = page
  if (message.type === 'checkout_opened') {
    store.pending = { sessionId: message.sessionId, userKey: message.userKey }
    hub.emit('checkoutOpened', { session_id: message.sessionId, user_key: message.userKey })
  } else if (message.type === 'purchase_completed') {
    tracker.completed(message.sessionId, purchaseOf(message))
  } else if (message.type === 'completed') {
    hub.emit('complete', purchaseOf(message))
  } else if (message.type === 'login_completed') {
    store.userKey = message.userKey
    balance.set(message.balance)
    const login = { user_key: message.userKey, balance: message.balance }
    outcome?.signedIn(login)
    hub.emit('loginCompleted', login)
  } else if (message.type === 'balance_raised') {
    balance.set(message.balance)
    outcome?.purchased(purchaseOf(message))
  } else if (message.type === 'logged_out') {
    balance.forgetKey()
    hub.emit('loggedOut', undefined)
  } else if (message.type === 'key_rejected') {
    balance.forgetKey()
  } else if (message.type === 'purchase_error' || message.type === 'error') {
    tellError(page, new OpenCreditsError(message.code, message.message), message.type === 'purchase_error')
  }
}

type PurchaseMessage = Extract<FrameMessage, { readonly userKey: string; readonly balance: number }>

function purchaseOf({
  userKey,
  balance,
  creditsAdded = 0,
}: PurchaseMessage & { readonly creditsAdded?: number }): CompletedPurchase {
  return { user_key: userKey, balance, credits_added: creditsAdded }
}
