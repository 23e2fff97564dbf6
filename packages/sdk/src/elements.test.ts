import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createOpenCredits } from './create-open-credits.ts'
import { defineElements } from './elements.ts'
import type { OpenCreditsEvents } from './options.ts'

const sdk = createOpenCredits('https://credits.example')
defineElements(sdk)

beforeEach(() => {
  document.body.innerHTML = ''
})

describe('<opencredits-button>', () => {
  it('opens the checkout for its amount and currency; its label is the page’s', () => {
    const outcome = { status: 'closed', user_key: null, balance: null, credits_added: 0 } as const
    const open = vi.spyOn(sdk, 'open').mockResolvedValue(outcome)
    document.body.innerHTML =
      '<opencredits-button amount="10" currency="eur"></opencredits-button><opencredits-button>Top up</opencredits-button>'
    const buttons = [...document.querySelectorAll('opencredits-button')].map(({ shadowRoot }) =>
      shadowRoot?.querySelector('button'),
    )
    for (const button of buttons) button?.click()
    expect(open.mock.calls).toEqual([[{ amount: 10, currency: 'eur' }], [{}]])
    expect(buttons[0]?.textContent).toBe('Buy credits')
    expect(buttons[1]?.querySelector('slot')).not.toBeNull()
    open.mockRestore()
  })
})

describe('<opencredits-balance>', () => {
  it('shows what is left, rounded down in the page’s language, and its own content while nobody knows', () => {
    const listeners = new Set<(change: OpenCreditsEvents['balance']) => void>()
    vi.spyOn(sdk, 'on').mockImplementation((_name, listener) => void listeners.add(listener as () => void))
    vi.spyOn(sdk, 'off').mockImplementation((_name, listener) => void listeners.delete(listener as () => void))
    document.body.innerHTML = '<p lang="de"><opencredits-balance>none yet</opencredits-balance></p>'
    const element = document.querySelector('opencredits-balance')
    const tell = (balance: number | null) => {
      for (const listener of listeners) listener({ balance })
    }
    expect(element?.textContent).toBe('none yet')
    tell(1234.567)
    expect(element?.textContent).toBe('1.234,56')
    tell(null)
    expect(element?.textContent).toBe('none yet')
    document.body.innerHTML = ''
    expect(listeners.size).toBe(0)
  })
})
