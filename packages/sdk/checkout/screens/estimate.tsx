import type { PricingResponse } from '@opencredits/protocol'
import type { Controller } from '../controller.ts'
import { formatCharge, roughly } from '../format.ts'

/** As the providers count, a token is about three quarters of an English word. */
const wordsPerToken = 0.75

/** What the credits are good for: how many calls to the app's usual model, and what is assumed about one. */
export function Estimate({ controller, amount }: { controller: Controller; readonly amount: number | null }) {
  const pricing = controller.pricing.value
  // Its place is kept while the prices are on their way, so that nothing moves when they come.
  if (pricing === 'loading') return <p class="estimate empty" aria-hidden="true" />
  const model = pricing === 'none' ? null : usualModel(pricing)
  if (pricing === 'none' || model === null) return null
  const { words, currency, locale } = controller
  const count = roughly(((amount ?? 0) * currency.value.creditsPerMajorUnit) / model.credits_per_request)
  const inWords = (tokens: number) =>
    new Intl.NumberFormat(locale.value, { maximumSignificantDigits: 2 }).format(tokens * wordsPerToken)
  return (
    <p class="estimate">
      {count > 0 && <span class="reach">{words.value('estimate', { count, model: model.name })} </span>}
      {words.value('assumption', {
        input: inWords(pricing.token_assumption.input),
        output: inWords(pricing.token_assumption.output),
        charge: formatCharge(model.credits_per_request, currency.value, {
          locale: locale.value,
          translate: words.value,
        }),
      })}
    </p>
  )
}

function usualModel({ models, default_model: id }: PricingResponse): PricingResponse['models'][number] | null {
  const model = models.find((one) => one.id === id)
  return model !== undefined && model.credits_per_request > 0 ? model : null
}
