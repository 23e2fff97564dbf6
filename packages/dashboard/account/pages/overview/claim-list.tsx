import type { ClaimablePurchase } from '@opencredits/protocol'
import { callApi } from '../../../shared/api/call-api.ts'
import { Button } from '../../../shared/parts/button.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useWords } from '../../messages/words-context.ts'

/** What the user bought as a guest with this address. Nothing is moved until it is asked for. */
export function ClaimList({
  claimable,
  onClaimed,
}: {
  readonly claimable: readonly ClaimablePurchase[]
  readonly onClaimed: () => void
}) {
  return claimable.map((purchase) => <Claim key={purchase.purchase_id} purchase={purchase} onClaimed={onClaimed} />)
}

function Claim({ purchase, onClaimed }: { readonly purchase: ClaimablePurchase; readonly onClaimed: () => void }) {
  const { t, format } = useWords()
  const say = useNotice()
  const act = useAct()
  const credits = t('credits', { count: purchase.credits })
  const claim = async () => {
    const body = { purchase_id: purchase.purchase_id }
    const isDone = await act.run(() => callApi('/v1/account/claims', { method: 'POST', body }))
    if (!isDone) return
    say(t('claimed', { credits }))
    onClaimed()
  }
  return (
    <section class="card claim">
      <div>
        <p>{t('claimQuestion', { credits, app: purchase.app_name, date: format.date(purchase.purchased_at) })}</p>
        {act.failure !== null && (
          <p class="problem" role="alert">
            {explainFailure(act.failure, t)}
          </p>
        )}
      </div>
      <Button kind="primary" isBusy={act.isBusy} onPress={() => void claim()}>
        {t('claimAdd', { credits })}
      </Button>
    </section>
  )
}
