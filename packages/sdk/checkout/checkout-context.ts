import {
  type CheckoutAppConfig,
  type CheckoutCurrency,
  type ChosenLocale,
  chooseLocale,
  type FrameMessage,
  type PageMessage,
  parseLocale,
} from '@opencredits/protocol'
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { CheckoutApi } from './api.ts'
import { type CheckoutAction, type CheckoutState, initialState, isPaying, step } from './checkout-state.ts'
import { declareLanguage, loadLanguage } from './messages/load-language.ts'
import { createTranslate, english, type Translate } from './messages/translate.ts'
import type { PageChannel } from './page-channel.ts'

export type OpenMessage = Extract<PageMessage, { type: 'open' }>

/** What every part of the checkout shares: its state, the words, and the ways out. */
export interface CheckoutContext {
  readonly config: CheckoutAppConfig
  readonly api: CheckoutApi
  readonly state: Signal<CheckoutState>
  /** How the page opened it; null before. */
  readonly opened: Signal<OpenMessage | null>
  readonly currency: ReadonlySignal<CheckoutCurrency>
  /** How numbers and money are written. */
  readonly locale: ReadonlySignal<string>
  /** What the user speaks first, whether or not it is spoken here: Stripe's form knows more languages. */
  readonly wantedLocale: ReadonlySignal<string>
  readonly words: ReadonlySignal<Translate>
  /** Fetches the user's language. */
  speak(): void
  /** Resolves once the words are the user's own, or English because they could not be fetched. */
  spoken(): Promise<void>
  dispatch(action: CheckoutAction): void
  send(message: FrameMessage): void
  /** Which version of the protocol the page speaks. */
  pageProtocol(): number
  /** The kept key is no longer good: the page forgets it. */
  rejectKey(): void
}

const usualCurrency: CheckoutCurrency = {
  code: 'usd',
  creditsPerMajorUnit: 100,
  minorUnitDigits: 2,
  amountMin: 1,
  amountMax: 1000,
}

export function createCheckoutContext(
  config: CheckoutAppConfig,
  api: CheckoutApi,
  channel: () => PageChannel,
): CheckoutContext {
  const state = signal(initialState)
  const opened = signal<OpenMessage | null>(null)
  const send = (message: FrameMessage) => channel().send(message)
  const wanted = computed(() => [opened.value?.locale ?? 'auto', ...navigator.languages])
  const chosen = computed<ChosenLocale>(() => chooseLocale(wanted.value))
  const locale = computed(() => chosen.value.formats)
  const language = signal(english)
  let speaking: Promise<void> = Promise.resolve()
  const dispatch = (action: CheckoutAction) => {
    const wasPaying = isPaying(state.value)
    state.value = step(state.value, action)
    if (isPaying(state.value) !== wasPaying) send({ type: 'payment_state', isPaying: !wasPaying })
  }
  return {
    config,
    api,
    state,
    opened,
    locale,
    wantedLocale: computed(() => {
      const [first] = wanted.value.flatMap((tag) => parseLocale(tag)?.baseName ?? [])
      return first ?? locale.value
    }),
    currency: computed(() => {
      const wanted = config.currencies.find(({ code }) => code === opened.value?.currency)
      return wanted ?? config.currencies[0] ?? usualCurrency
    }),
    words: computed(() => createTranslate(language.value, locale.value)),
    speak() {
      const asked = chosen.value
      speaking = loadLanguage(asked)
        .catch(() => english)
        .then((loaded) => {
          // Opened again meanwhile, in another language.
          if (chosen.value !== asked) return
          language.value = loaded
          declareLanguage(loaded)
        })
    },
    spoken: () => speaking,
    dispatch,
    send,
    pageProtocol: () => channel().protocol,
    rejectKey() {
      dispatch({ type: 'user_gone' })
      send({ type: 'key_rejected' })
    },
  }
}
