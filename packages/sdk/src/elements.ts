import { adoptStyle, buttonCss } from './dialog-style.ts'
import type { BalanceChange, OpenCreditsApi } from './options.ts'
import { button, element } from './stand-in.ts'

/**
 * `<opencredits-button amount currency>` opens the checkout, `<opencredits-balance>` shows the credits that are left, and
 * what stands in it while nobody knows. For pages without a framework.
 */
export function defineElements(sdk: OpenCreditsApi): void {
  class Button extends HTMLElement {
    constructor() {
      super()
      const root = this.attachShadow({ mode: 'open', delegatesFocus: true })
      adoptStyle(root, buttonCss)
      const inner = button('', () => this.#open())
      inner.setAttribute('part', 'button')
      inner.append(element('slot', 'Buy credits'))
      root.append(inner)
    }
    #open() {
      const amount = this.getAttribute('amount')
      const currency = this.getAttribute('currency')
      sdk.open({ ...(amount && { amount: Number(amount) }), ...(currency && { currency }) })
    }
  }

  class Balance extends HTMLElement {
    #unknown: string | null = null
    connectedCallback() {
      sdk.on('balance', this.#show)
    }
    disconnectedCallback() {
      sdk.off('balance', this.#show)
    }
    readonly #show = ({ balance }: BalanceChange) => {
      this.#unknown ??= this.textContent
      const language = this.closest<HTMLElement>('[lang]')?.lang || undefined
      // Down: it never promises more than there is.
      this.textContent = balance === null ? this.#unknown : (Math.floor(balance * 100) / 100).toLocaleString(language)
    }
  }
  customElements.define('opencredits-button', Button)
  customElements.define('opencredits-balance', Balance)
}
