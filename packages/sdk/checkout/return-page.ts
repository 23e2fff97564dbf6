import './style.css'
import './screens.css'
import './states.css'
import './controls.css'
import { type CheckoutCurrency, type CheckoutReturnResponse, chooseLocale } from '@opencredits/protocol'
import { applyAppearance, decideTheme } from './appearance.ts'
import { formatMoney } from './format.ts'
import { declareLanguage, loadLanguage } from './messages/load-language.ts'
import { createTranslate, english } from './messages/translate.ts'

/**
 * The page that Stripe's own page returns to, in a tab of its own. It says what the server knows and nothing else: a
 * payment is received once it is, and until then it is asked about.
 */
const { searchParams } = new URL(location.href)
const purchase = searchParams.get('purchase') ?? ''
/** What the app's page asked for is in the address: Stripe has been in between. */
const locale = chooseLocale([searchParams.get('locale') ?? 'auto', ...navigator.languages])
let translate = createTranslate(english, locale.formats)
const isCancelPage = location.pathname.endsWith('/cancelled')

const pollDelaysMs = [500, 700, 1000, 1500, 2000]
const longestDelayMs = 4000
const closesAfterMs = 2500

interface View {
  readonly heading: string
  readonly lines: readonly string[]
  readonly icon: 'orbit' | 'tick' | 'bang' | 'none'
  /** Nothing more is going to happen here. */
  readonly isOver: boolean
}

applyAppearance(decideTheme('auto'), null)
void follow()

async function follow(): Promise<void> {
  const first = ask(isCancelPage ? 'POST' : 'GET')
  await speak()
  show({ heading: translate('returnChecking'), lines: [], icon: 'orbit', isOver: false })
  for (let tries = 0; ; tries += 1) {
    const answer = await (tries === 0 ? first : ask('GET'))
    if (answer === 'unknown') return show(unknownView())
    if (answer !== null) {
      showApp(answer)
      const view = viewOf(answer)
      show(view)
      if (view.isOver) return closeSoon()
    } else
      show({ heading: translate('returnChecking'), lines: [translate('returnLost')], icon: 'orbit', isOver: false })
    await new Promise((later) => setTimeout(later, pollDelaysMs[tries] ?? longestDelayMs))
  }
}

/** Nothing is said before the words are there; where they cannot be fetched, it is said in English. */
async function speak(): Promise<void> {
  const language = await loadLanguage(locale).catch(() => english)
  translate = createTranslate(language, locale.formats)
  declareLanguage(language)
  setText('sandbox', translate('sandbox'))
}

/** Null where nothing came back: it is asked again. Cancelling a second time does nothing, so a retry is safe too. */
async function ask(method: 'GET' | 'POST'): Promise<CheckoutReturnResponse | 'unknown' | null> {
  try {
    const response = await (method === 'POST'
      ? fetch('/checkout/cancelled', {
          method,
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ purchase }),
        })
      : fetch(`/checkout/state?purchase=${encodeURIComponent(purchase)}`))
    if (response.status === 404 || response.status === 400) return 'unknown'
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}

function viewOf({ status, cancelled, credits, app_name: app }: CheckoutReturnResponse): View {
  const goBack = translate('returnGoBack', { app })
  const nothing = translate('returnNothingCharged')
  if (status === 'complete') {
    const added = translate('returnCompleteHint', { count: credits, app })
    const lines = [added, translate('returnCloses')]
    return { heading: translate('returnComplete'), lines, icon: 'tick', isOver: true }
  }
  if (cancelled) return { heading: translate('returnCancelled'), lines: [nothing, goBack], icon: 'none', isOver: true }
  switch (status) {
    case 'processing': {
      const lines = [translate('returnProcessingHint'), goBack]
      return { heading: translate('processingHeading'), lines, icon: 'orbit', isOver: false }
    }
    case 'failed':
      return { heading: translate('returnFailed'), lines: [nothing, goBack], icon: 'bang', isOver: true }
    case 'expired':
      return { heading: translate('returnExpired'), lines: [nothing, goBack], icon: 'bang', isOver: true }
    case 'open':
      return { heading: translate('returnChecking'), lines: [], icon: 'orbit', isOver: false }
  }
}

function unknownView(): View {
  return {
    ...{ heading: translate('returnUnknown'), icon: 'bang', isOver: true },
    lines: [translate('returnGoBackAnywhere')],
  }
}

function showApp({
  app_name: name,
  logo_url: logoUrl,
  accent_color: accent,
  amount,
  currency,
}: CheckoutReturnResponse) {
  applyAppearance(decideTheme('auto'), accent)
  setText('app', name)
  const code: CheckoutCurrency = {
    ...{ code: currency, creditsPerMajorUnit: 1, amountMin: 0, amountMax: 0 },
    minorUnitDigits:
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2,
  }
  setText('amount', formatMoney(amount, code, locale.formats))
  const logo = document.getElementById('logo')
  if (!(logo instanceof HTMLImageElement) || logoUrl === null || logo.src === logoUrl) return
  logo.onload = () => {
    logo.hidden = false
  }
  logo.src = logoUrl
}

function show({ heading, lines, icon }: View): void {
  document.title = heading
  setText('heading', heading)
  for (const [index, id] of ['first-line', 'second-line'].entries()) setText(id, lines[index] ?? '')
  for (const name of ['orbit', 'tick', 'bang']) document.getElementById(name)?.toggleAttribute('hidden', name !== icon)
}

function setText(id: string, text: string): void {
  const element = document.getElementById(id)
  if (element !== null && element.textContent !== text) element.textContent = text
}

/** A browser closes only a tab that a script opened; any other stays, and says what to do. */
function closeSoon(): void {
  setTimeout(() => {
    window.close()
    const isStillOpen = document.getElementById('app')?.textContent ?? ''
    if (isStillOpen !== '') setText('second-line', translate('returnGoBack', { app: isStillOpen }))
  }, closesAfterMs)
}
