/** Only who pays with Stripe's form inside the dialog needs it; it is asked for when the dialog opens. @throws (rejects) where it cannot be fetched */
export const loadStripePage = () => import('./stripe-page.ts')
