import { useState } from 'preact/hooks'
import { Button } from '../../../shared/parts/button.tsx'
import { useWords } from '../../messages/words-context.ts'
import { BuyDialog } from './buy-dialog.tsx'

export function BuyButton({ currency, onBought }: { readonly currency: string; readonly onBought: () => void }) {
  const { t } = useWords()
  const [isOpen, setOpen] = useState(false)
  return (
    <div class="buy">
      <Button kind="primary" onPress={() => setOpen(true)}>
        {t('buy')}
      </Button>
      {isOpen && <BuyDialog currency={currency} onBought={onBought} onClose={() => setOpen(false)} />}
    </div>
  )
}
