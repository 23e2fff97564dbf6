import { adoptStyle, screenCss } from './dialog-style.ts'

/** What the page itself draws in the place of the frame: the shape of what comes, or why it does not come. */
export interface StandIn {
  readonly element: HTMLElement
  /**
   * @param advice null: the frame is being loaded; '': it does not come up, it may be the connection; otherwise what the
   * app's developer has to do
   */
  show(advice: string | null): void
}

const bonesCount = 11

/** In a shadow root, so that the page's own styles for buttons and headings leave it alone. */
export function createStandIn(on: { readonly retry: () => void; readonly close: () => void }): StandIn {
  const host = element('div')
  const root = host.attachShadow({ mode: 'open' })
  adoptStyle(root, screenCss)
  const bones = element('div')
  bones.className = 'bones'
  // Name, heading, six amounts, two lines, button.
  for (let count = 0; count < bonesCount; count += 1) bones.append(element('i'))
  const cancel = button('✕', on.close)
  cancel.ariaLabel = 'Close'
  bones.append(cancel)
  return {
    element: host,
    show(advice) {
      if (advice === null) return root.replaceChildren(bones)
      const screen = element('div')
      screen.className = 'problem'
      const words = element('div')
      words.role = 'alert'
      words.append(
        element('h2', advice ? 'Payments are not set up here yet' : 'The checkout cannot be reached'),
        element(
          'p',
          advice ? 'For the developer of this app:' : 'Check your connection and try again. Nothing was charged.',
        ),
      )
      if (advice) words.append(element('pre', advice))
      const retry = button('Try again', on.retry)
      screen.append(words, retry, button('Close', on.close))
      root.replaceChildren(screen)
      retry.focus()
    },
  }
}

export function element<Name extends keyof HTMLElementTagNameMap>(name: Name, text = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.textContent = text
  return made
}

export function button(text: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', text)
  made.type = 'button'
  made.onclick = onClick
  return made
}
