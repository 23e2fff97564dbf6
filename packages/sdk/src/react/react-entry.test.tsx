/** @jsxImportSource react */
import { act, useEffect, useRef } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { UseOpenCredits } from './provider.tsx'
import { eventually, keepKey, loadPage, mount, serve, settings } from './test-page.tsx'

let page: Awaited<ReturnType<typeof loadPage>>

beforeEach(async () => {
  page = await loadPage()
  serve({})
})
afterEach(() => vi.restoreAllMocks())

const balanceOf = (balance: number) => () => ({ body: { balance, held: 0, currency: 'credits' } })
const session = { session_id: 'cs_1', user_key: 'oc_sk_new', checkout_url: 'https://pay.example', expires_at: 1 }
const paid = { session_id: 'cs_1', status: 'complete', balance: 1000, credits_added: 1000, amount: 10, currency: 'usd' }
const shop = {
  'POST /v1/checkout/sessions': () => ({ body: session }),
  'GET /v1/checkout/sessions/cs_1': () => ({ body: paid }),
  'GET /v1/credits/balance': balanceOf(1000),
}
const sessionsIn = (asked: readonly string[]) => asked.filter((call) => call === 'POST /v1/checkout/sessions').length
const click = (container: HTMLElement, times = 1) =>
  act(async () => {
    for (let n = 0; n < times; n += 1) container.querySelector('button')?.click()
  })

interface ProbeProps {
  readonly useCredits: () => UseOpenCredits
  readonly onRender?: (credits: UseOpenCredits) => void
  readonly onMount?: (credits: UseOpenCredits) => void
}

/** A component of the app that uses the hook. */
function Probe({ useCredits, onRender, onMount }: ProbeProps) {
  const credits = useCredits()
  const first = useRef(credits)
  onRender?.(credits)
  useEffect(() => onMount?.(first.current), [onMount])
  return <b>{credits.userKey ?? 'nobody'}</b>
}

describe('OpenCreditsProvider', () => {
  it('initialises once, however often it renders, and again where a setting has changed', async () => {
    const { OpenCreditsProvider, calls } = page
    const mounted = await mount(<OpenCreditsProvider {...settings} onError={() => {}} />)
    await mounted.show(<OpenCreditsProvider {...settings} onError={() => {}} />)
    expect(calls.init.mock.calls).toEqual([[settings]])
    await mounted.show(<OpenCreditsProvider {...settings} theme="dark" />)
    expect(calls.init.mock.calls).toEqual([[settings], [{ ...settings, theme: 'dark' }]])
  })

  it('leaves no listener behind', async () => {
    const { OpenCreditsProvider, calls } = page
    const { root } = await mount(<OpenCreditsProvider {...settings} />)
    expect(calls.on.mock.calls.length).toBeGreaterThan(calls.off.mock.calls.length)
    await act(async () => root.unmount())
    const names = (spy: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } }) =>
      spy.mock.calls.map(([name]) => name).sort()
    expect(names(calls.off)).toEqual(names(calls.on))
    expect(new Set(calls.off.mock.calls.map(([, listener]) => listener))).toEqual(
      new Set(calls.on.mock.calls.map(([, listener]) => listener)),
    )
  })

  it('calls the newest callbacks, once', async () => {
    const { BuyCreditsButton, OpenCreditsProvider } = page
    serve(shop)
    const [old, first, second] = [vi.fn(), vi.fn(), vi.fn()]
    const app = (onPurchaseCompleted: () => void) => (
      <>
        <OpenCreditsProvider {...settings} onPurchaseCompleted={onPurchaseCompleted}>
          <BuyCreditsButton amount={10} />
        </OpenCreditsProvider>
        <OpenCreditsProvider {...settings} onPurchaseCompleted={second} />
      </>
    )
    const { container, show } = await mount(app(old))
    await show(app(first))
    await click(container)
    await eventually(() => expect(first).toHaveBeenCalledTimes(1))
    expect(first).toHaveBeenCalledWith({ user_key: 'oc_sk_new', balance: 1000, credits_added: 1000 })
    // Islands of one page have a provider each.
    expect(second).toHaveBeenCalledTimes(1)
    expect(old).not.toHaveBeenCalled()
  })

  it('says what is wrong with its key at once', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const thrown = await mount(<page.OpenCreditsProvider publishableKey="oc_sk_1" />).catch((error: unknown) => error)
    // React gathers what the two runs of the effect have thrown.
    expect(String(thrown instanceof AggregateError ? thrown.errors : thrown)).toMatch(/publishableKey must be/)
  })
})

describe('useOpenCredits', () => {
  const history = 'GET /v1/credits/history'

  it('gives the key and the balance, functions that stay the same, and what they need before it is ready', async () => {
    const { OpenCreditsProvider, useOpenCredits } = page
    keepKey('oc_sk_1')
    const calls = serve({ 'GET /v1/credits/balance': balanceOf(42.5), [history]: () => ({ body: { data: [] } }) })
    const seen: UseOpenCredits[] = []
    const statuses: number[] = []
    await mount(
      <OpenCreditsProvider {...settings}>
        <Probe
          useCredits={useOpenCredits}
          onRender={(credits) => seen.push(credits)}
          // Runs before the provider's own effects.
          onMount={({ fetch }) => void fetch('/v1/credits/history').then(({ status }) => statuses.push(status))}
        />
      </OpenCreditsProvider>,
    )
    await eventually(() => expect(seen.at(-1)?.balance).toBe(42.5))
    expect(seen[0]).toMatchObject({ isReady: false, userKey: null, balance: null })
    expect(seen.at(-1)).toMatchObject({ isReady: true, userKey: 'oc_sk_1' })
    for (const name of ['open', 'logout', 'fetch'] as const)
      expect(new Set(seen.map((credits) => credits[name])).size).toBe(1)
    await eventually(() => expect(statuses).toEqual([200, 200]))
    expect(calls).toContain(history)
  })

  it('opens one checkout for effects that run twice, and resolves for both', async () => {
    const { OpenCreditsProvider, useOpenCredits } = page
    const asked = serve(shop)
    const outcomes: string[] = []
    await mount(
      <OpenCreditsProvider {...settings}>
        <Probe
          useCredits={useOpenCredits}
          onMount={({ open }) => void open({ amount: 10 }).then(({ status }) => outcomes.push(status))}
        />
      </OpenCreditsProvider>,
    )
    await eventually(() => expect(outcomes).toEqual(['completed', 'completed']))
    expect(sessionsIn(asked)).toBe(1)
  })

  it.each([
    ['useOpenCredits', () => page.useOpenCredits() && null],
    ['<BuyCreditsButton>', () => <page.BuyCreditsButton />],
    ['<CreditBalance>', () => <page.CreditBalance />],
  ])('%s says that it needs a provider', (name, App) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(() => renderToString(<App />)).toThrow(`${name} needs an <OpenCreditsProvider> around it.`)
  })
})

describe('BuyCreditsButton', () => {
  it('opens the checkout with what it was given, once for a double click, and again for the next', async () => {
    const { BuyCreditsButton, OpenCredits, OpenCreditsProvider } = page
    const asked = serve({ ...shop, 'GET /v1/checkout/sessions/cs_1': () => ({ body: { ...paid, status: 'open' } }) })
    const open = vi.spyOn(OpenCredits, 'open')
    const { container } = await mount(
      <OpenCreditsProvider {...settings}>
        <BuyCreditsButton amount={10} reason="insufficient_credits" needed={43} className="buy" />
      </OpenCreditsProvider>,
    )
    expect(container.innerHTML).toBe('<button type="button" class="buy">Buy credits</button>')
    await click(container, 2)
    expect(open.mock.calls).toEqual([[{ amount: 10, reason: 'insufficient_credits', needed: 43 }]])
    // The user has been taken to Stripe's page and may have come back without a payment.
    await eventually(() => expect(sessionsIn(asked)).toBe(1))
    await click(container)
    expect(open).toHaveBeenCalledTimes(2)
  })

  it('runs the app’s own onClick first, which may keep it closed', async () => {
    const { BuyCreditsButton, OpenCredits, OpenCreditsProvider } = page
    const open = vi.spyOn(OpenCredits, 'open')
    const { container } = await mount(
      <OpenCreditsProvider {...settings}>
        <BuyCreditsButton onClick={(event) => event.preventDefault()}>Top up</BuyCreditsButton>
      </OpenCreditsProvider>,
    )
    expect(container.textContent).toBe('Top up')
    await click(container)
    expect(open).not.toHaveBeenCalled()
  })
})

describe('CreditBalance', () => {
  it.each([
    ['en', '4,850.55'],
    ['de', '4.850,55'],
    ['en_US', /^4.850.55$/],
  ])('shows the balance as readers of %s write it, rounded down', async (locale, text) => {
    const { CreditBalance, OpenCreditsProvider } = page
    keepKey('oc_sk_1')
    serve({ 'GET /v1/credits/balance': balanceOf(4850.559) })
    const { container } = await mount(
      <OpenCreditsProvider {...settings} locale={locale}>
        <CreditBalance />
      </OpenCreditsProvider>,
    )
    await eventually(() => expect(container.textContent).not.toBe('–'))
    expect(container.textContent).toMatch(text)
  })

  it('follows purchases and goes with the key; what is not known is never 0', async () => {
    const { BuyCreditsButton, CreditBalance, OpenCredits, OpenCreditsProvider } = page
    serve({ ...shop, 'POST /v1/logout': () => ({ body: {} }) })
    const { container } = await mount(
      <OpenCreditsProvider {...settings} locale="en">
        <CreditBalance>none yet</CreditBalance>
        <BuyCreditsButton amount={10} />
      </OpenCreditsProvider>,
    )
    const shown = () => container.querySelector('span')?.textContent
    expect(shown()).toBe('none yet')
    await click(container)
    await eventually(() => expect(shown()).toBe('1,000'))
    await act(() => OpenCredits.logout())
    expect(shown()).toBe('none yet')
  })
})

describe('hydration', () => {
  it('takes the server’s markup over as it is, then shows what this browser knows', async () => {
    const { BuyCreditsButton, CreditBalance, OpenCreditsProvider, useOpenCredits } = page
    const onError = vi.spyOn(console, 'error')
    const app = (
      <OpenCreditsProvider {...settings} locale="en">
        <Probe useCredits={useOpenCredits} />
        <CreditBalance />
        <BuyCreditsButton />
      </OpenCreditsProvider>
    )
    const markup = renderToString(app)
    expect(markup).toBe('<b>nobody</b><span>–</span><button type="button">Buy credits</button>')
    keepKey('oc_sk_1')
    serve({ 'GET /v1/credits/balance': balanceOf(7) })
    const { container } = await mount(app, markup)
    await eventually(() => expect(container.textContent).toBe('oc_sk_17Buy credits'))
    // An island that comes later begins like the server, too, though the account is known by now.
    const later = await mount(app, markup)
    expect(later.container.textContent).toBe('oc_sk_17Buy credits')
    expect(onError).not.toHaveBeenCalled()
  })
})
