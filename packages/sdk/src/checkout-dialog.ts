import type { FrameMessage, PageMessage } from '@opencredits/protocol'
import { adoptDialogStyle } from './dialog-style.ts'
import { connectFrame } from './frame-channel.ts'

export interface CheckoutDialog {
  open(message: Extract<PageMessage, { type: 'open' }>): void
  /** Asks the frame, which asks the user while a payment is under way. */
  requestClose(): void
  send(message: PageMessage): void
  readonly isOpen: boolean
}

export interface DialogHandlers {
  onMessage(message: FrameMessage): void
  /** The frame did not come up. */
  onBlocked(): void
  /** The user takes the way around: the payment page in a new tab. */
  onFallback(): void
  onClosed(): void
}

const bonesCount = 11
const readyWithinMs = 10_000
/** No trap: after this the dialog may be closed though a payment seems to be under way. */
const holdMsMax = 120_000

/** A modal dialog with one frame of the operator's origin. The frame is made once: moving it would load it anew. */
export function createCheckoutDialog(frameUrl: string, handlers: DialogHandlers): CheckoutDialog {
  adoptDialogStyle()
  const { dialog, frame, loading, notice, fallback, cancel } = buildDialog()
  let heldUntilMs = 0
  let readyTimer: ReturnType<typeof setTimeout> | undefined
  let restoreScroll: (() => void) | null = null

  const isHeld = () => Date.now() < heldUntilMs
  const close = () => {
    heldUntilMs = 0
    dialog.close()
  }
  const showFrame = () => {
    clearTimeout(readyTimer)
    loading.hidden = true
    frame.removeAttribute('data-hidden')
    frame.focus()
    // From now on the height moves; before, it was only guessed.
    requestAnimationFrame(() => {
      dialog.dataset.ready = ''
    })
  }
  const channel = connectFrame(frame, new URL(frameUrl).origin, {
    onConnected: () => {},
    onMessage(message) {
      if (message.type === 'resized') dialog.style.setProperty('--opencredits-height', `${message.heightPx}px`)
      if (message.type === 'opened') showFrame()
      if (message.type === 'payment_state') heldUntilMs = message.isPaying ? Date.now() + holdMsMax : 0
      if (message.type === 'close') close()
      handlers.onMessage(message)
    },
  })
  const requestClose = () => {
    if (!dialog.open) return
    if (channel.isConnected && loading.hidden) channel.send({ type: 'request_close' })
    else close()
  }
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    requestClose()
  })
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    requestClose()
  })
  dialog.addEventListener('close', () => {
    // A browser lets a repeated Escape through: while a payment runs the dialog comes back, with its frame as it was.
    if (isHeld()) return dialog.showModal()
    clearTimeout(readyTimer)
    restoreScroll?.()
    restoreScroll = null
    handlers.onClosed()
  })
  cancel.addEventListener('click', close)
  fallback.addEventListener('click', () => handlers.onFallback())
  document.body.append(dialog)
  return {
    get isOpen() {
      return dialog.open
    },
    requestClose,
    send: (message) => channel.send(message),
    open(message) {
      dialog.dataset.theme = isDark(message.theme) ? 'dark' : 'light'
      notice.textContent = ''
      fallback.hidden = true
      loading.hidden = false
      delete loading.dataset.blocked
      delete dialog.dataset.ready
      frame.dataset.hidden = ''
      if (frame.src === '') frame.src = frameUrl
      channel.send(message)
      if (!dialog.open) {
        restoreScroll = lockScroll()
        dialog.showModal()
      }
      clearTimeout(readyTimer)
      readyTimer = setTimeout(() => {
        notice.textContent = 'The checkout could not be loaded here.'
        fallback.hidden = false
        loading.dataset.blocked = ''
        handlers.onBlocked()
      }, readyWithinMs)
    },
  }
}

function buildDialog() {
  const dialog = document.createElement('dialog')
  dialog.className = 'opencredits-dialog'
  dialog.setAttribute('aria-label', 'Buy AI credits')
  dialog.setAttribute('closedby', 'none')
  const frame = document.createElement('iframe')
  frame.title = 'Buy AI credits'
  frame.allow = 'payment; publickey-credentials-get; clipboard-write'
  frame.referrerPolicy = 'strict-origin-when-cross-origin'
  const loading = element('div', 'opencredits-loading')
  // The shape of what comes: name, heading, six amounts, two lines, button.
  const bones = Array.from({ length: bonesCount }, () => document.createElement('i'))
  const notice = element('p')
  notice.setAttribute('role', 'status')
  const fallback = element('button')
  fallback.textContent = 'Open the payment page'
  fallback.hidden = true
  const cancel = element('button', 'opencredits-cancel')
  cancel.textContent = 'Close'
  loading.append(...bones, notice, fallback, cancel)
  dialog.append(frame, loading)
  return { dialog, frame, loading, notice, fallback, cancel }
}

function element<Name extends 'div' | 'p' | 'button'>(name: Name, className = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  if (made instanceof HTMLButtonElement) made.type = 'button'
  return made
}

/** A modal dialog does not keep the page behind it from scrolling. Where a scroll bar goes, its room stays. */
function lockScroll(): () => void {
  const root = document.documentElement
  const isScrollBarShown = innerWidth > root.clientWidth
  const changes: readonly (readonly [string, string])[] = [
    ['overflow', 'hidden'],
    ...(isScrollBarShown ? [['scrollbar-gutter', 'stable'] as const] : []),
  ]
  const before = changes.map(([name]) => [name, root.style.getPropertyValue(name)] as const)
  for (const [name, value] of changes) root.style.setProperty(name, value)
  return () => {
    for (const [name, value] of before) root.style.setProperty(name, value)
  }
}

function isDark(theme: 'light' | 'dark' | 'auto'): boolean {
  return theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
}
