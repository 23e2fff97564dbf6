import { useState } from 'preact/hooks'
import { useWords } from '../../messages/words-context.ts'
import { Button } from '../../parts/button.tsx'
import { loadCheckout } from './load-checkout.ts'

/** Opens the same checkout that apps open. */
export function BuyButton({
  publishableKey,
  onBought,
}: {
  readonly publishableKey: string
  readonly onBought: () => void
}) {
  const { t } = useWords()
  const [isBusy, setBusy] = useState(false)
  const [hasFailed, setFailed] = useState(false)
  const buy = async () => {
    setBusy(true)
    setFailed(false)
    try {
      const checkout = await loadCheckout()
      // The session of this page pays for nobody else: no key is kept in this browser.
      checkout.init({ publishableKey, userKey: null, onPurchaseCompleted: onBought })
      setBusy(false)
      await checkout.open()
      onBought()
    } catch {
      setBusy(false)
      setFailed(true)
    }
  }
  return (
    <div class="buy">
      <Button kind="primary" isBusy={isBusy} onPress={() => void buy()}>
        {t('buy')}
      </Button>
      <p class="problem" role="alert">
        {hasFailed ? t('buyFailed') : ''}
      </p>
    </div>
  )
}
