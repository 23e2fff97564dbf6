import type { Controller } from '../controller.ts'
import { formatCharge, roughly } from '../format.ts'

/** As the providers count, a token is about three quarters of an English word. */
const wordsPerToken = 0.75

/** What the credits are good for: how many calls to the app's usual model, and what is assumed about one. */
export function Estimate({ controller, amount }: { controller: Controller; readonly amount: number | null }) {
  const { words, currency, locale } = controller
  const { estimate } = controller.config
  if (estimate === null) return null
  const count = roughly(((amount ?? 0) * currency.value.creditsPerMajorUnit) / estimate.creditsPerRequest)
  const inWords = (tokens: number) =>
    new Intl.NumberFormat(locale.value, { maximumSignificantDigits: 2 }).format(tokens * wordsPerToken)
  return (
    <p class="estimate">
      {count > 0 && <span class="reach">{words.value('estimate', { count, model: estimate.model })} </span>}
      {words.value('assumption', {
        input: inWords(estimate.inputTokens),
        output: inWords(estimate.outputTokens),
        charge: formatCharge(estimate.creditsPerRequest, currency.value, {
          locale: locale.value,
          translate: words.value,
        }),
      })}
    </p>
  )
}
