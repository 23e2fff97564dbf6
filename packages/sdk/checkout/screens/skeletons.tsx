import { Heading } from './heading.tsx'
import { Screen } from './screen.tsx'

/** The shape of Stripe's form: what it is of, e-mail, card, button. */
export function FormSkeleton() {
  return (
    <div class="skeleton form-skeleton" aria-hidden="true">
      <i class="line wide" />
      <i class="label" />
      <i class="field" />
      <i class="label" />
      <i class="field double" />
      <i class="button" />
    </div>
  )
}

/** A session is on its way, so its form is next. */
export function LoadingScreen({ words }: { readonly words: string }) {
  return (
    <Screen>
      <Heading text={words} isHidden />
      <FormSkeleton />
    </Screen>
  )
}
