import type { CheckoutAppConfig, CheckoutCurrency, FrameMessage, PageMessage } from '@opencredits/protocol'
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { CheckoutApi } from './api.ts'
import { type CheckoutAction, type CheckoutState, initialState, isPaying, step } from './checkout-state.ts'
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
  readonly locale: ReadonlySignal<string | undefined>
  readonly words: ReadonlySignal<Translate>
  dispatch(action: CheckoutAction): void
  send(message: FrameMessage): void
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
  const locale = computed(() => knownLocale(opened.value?.locale ?? null))
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
    currency: computed(() => {
      const wanted = config.currencies.find(({ code }) => code === opened.value?.currency)
      return wanted ?? config.currencies[0] ?? usualCurrency
    }),
    words: computed(() => createTranslate(english, locale.value)),
    dispatch,
    send,
    rejectKey() {
      dispatch({ type: 'user_gone' })
      send({ type: 'key_rejected' })
    },
  }
}

/** A tag that is none would make every number throw; then the browser's own is taken. */
function knownLocale(tag: string | null): string | undefined {
  try {
    return tag === null ? undefined : Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}
