import type { AccountPurchase, AccountPurchaseOpened } from '@opencredits/protocol'
import { useEffect, useState } from 'preact/hooks'
import { callApi } from '../../../shared/api/call-api.ts'
import type { Act } from '../../../shared/session/use-act.ts'

export type PurchaseState =
  | { readonly name: 'choosing' }
  /** Paid in the other tab; its address is kept for a browser that opened none. */
  | { readonly name: 'waiting'; readonly opened: AccountPurchaseOpened }
  | { readonly name: 'processing' | 'not_paid' }

const pollEveryMs = 2000

/** Opens Stripe's own page in a new tab and watches what becomes of it: the server says so, never the tab. */
export function usePurchase(act: Act, onComplete: (purchase: AccountPurchase) => void) {
  const [state, setState] = useState<PurchaseState>({ name: 'choosing' })
  const purchaseId = state.name === 'waiting' ? state.opened.purchase_id : null

  const open = async (amount: number, currency: string) => {
    // Browsers allow a tab only in the click itself, before the server has answered.
    const tab = window.open('', '_blank')
    const isDone = await act.run(async () => {
      const body = { amount, currency, locale: navigator.language }
      const opened = await callApi<AccountPurchaseOpened>('/v1/account/purchases', { method: 'POST', body })
      if (tab !== null) tab.location.href = opened.checkout_url
      setState({ name: 'waiting', opened })
    })
    if (!isDone) tab?.close()
  }

  useEffect(() => {
    if (purchaseId === null) return
    const timer = setInterval(async () => {
      const purchase = await callApi<AccountPurchase>(`/v1/account/purchases/${purchaseId}`).catch(() => null)
      // A lost answer is asked for again.
      if (purchase === null || purchase.status === 'open') return
      clearInterval(timer)
      if (purchase.status === 'complete') onComplete(purchase)
      else setState({ name: purchase.status === 'processing' ? 'processing' : 'not_paid' })
    }, pollEveryMs)
    return () => clearInterval(timer)
  }, [purchaseId])

  return { state, open, startOver: () => setState({ name: 'choosing' }) }
}
