import { useState } from 'preact/hooks'
import { Button } from '../../../shared/parts/button.tsx'
import { Dialog } from '../../../shared/parts/dialog.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Field } from '../../../shared/parts/field.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useWords } from '../../messages/words-context.ts'
import { offersIn } from './buy-offers.ts'
import { usePurchase } from './use-purchase.ts'

/**
 * Buying for the account of this session, on Stripe's own page. The checkout that apps open is for apps: without a key of
 * the app it makes a guest, whose credits would not be in this account.
 */
export function BuyDialog({
  currency,
  onBought,
  onClose,
}: {
  readonly currency: string
  readonly onBought: () => void
  readonly onClose: () => void
}) {
  const { t } = useWords()
  const say = useNotice()
  const act = useAct()
  const { state, open, startOver } = usePurchase(act, ({ credits }) => {
    say(t('claimed', { credits: t('credits', { count: credits }) }))
    onClose()
    onBought()
  })
  if (state.name === 'choosing')
    return (
      <Dialog title={t('buy')} onClose={onClose}>
        <AmountForm
          currency={currency}
          isBusy={act.isBusy}
          problem={
            act.failure === null
              ? null
              : act.failure.param === 'amount'
                ? t('amountRefused')
                : explainFailure(act.failure, t)
          }
          onChoose={(amount) => void open(amount, currency)}
        />
      </Dialog>
    )
  const isWaiting = state.name === 'waiting'
  const texts = { waiting: 'buyWaiting', processing: 'buyProcessing', not_paid: 'buyNotPaid' } as const
  return (
    <Dialog title={t('buy')} onClose={onClose}>
      <div class="form">
        <p role="status" class={isWaiting ? 'waiting' : ''}>
          {t(texts[state.name])}
        </p>
        {isWaiting && (
          <a class="button" href={state.opened.checkout_url} target="_blank" rel="noreferrer">
            {t('buyOpenAgain')}
          </a>
        )}
        {state.name === 'not_paid' ? (
          <Button kind="primary" onPress={startOver}>
            {t('tryAgain')}
          </Button>
        ) : (
          <Button onPress={onClose}>{t('close')}</Button>
        )}
      </div>
    </Dialog>
  )
}

function AmountForm({
  currency,
  isBusy,
  problem,
  onChoose,
}: {
  readonly currency: string
  readonly isBusy: boolean
  readonly problem: string | null
  readonly onChoose: (amount: number) => void
}) {
  const { t, format } = useWords()
  const offers = offersIn(currency)
  const [chosen, setChosen] = useState<number | null>(offers[1] ?? null)
  const [other, setOther] = useState('')
  const [isMissing, setMissing] = useState(false)
  const submit = () => {
    const amount = chosen ?? Number(other)
    setMissing(!(amount > 0))
    if (amount > 0) onChoose(amount)
  }
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) submit()
      }}
    >
      <fieldset class="tiles">
        <legend class="visually-hidden">{t('amount')}</legend>
        {offers.map((offer) => (
          <label key={offer} class="tile">
            <input type="radio" name="amount" checked={chosen === offer} onChange={() => setChosen(offer)} />
            {format.money(offer, currency)}
          </label>
        ))}
        <label class="tile">
          <input type="radio" name="amount" checked={chosen === null} onChange={() => setChosen(null)} />
          {t('otherAmount')}
        </label>
      </fieldset>
      {chosen === null && (
        <Field
          label={t('otherAmountIn', { currency: currency.toUpperCase() })}
          type="number"
          inputMode="decimal"
          min={0}
          step="any"
          autoFocus
          value={other}
          problem={isMissing ? t('amountInvalid') : null}
          onInput={(event) => setOther(event.currentTarget.value)}
        />
      )}
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <Button kind="primary" isSubmit isBusy={isBusy}>
        {t('payAtStripe')}
      </Button>
      <p class="hint">{t('payHint')}</p>
    </form>
  )
}
