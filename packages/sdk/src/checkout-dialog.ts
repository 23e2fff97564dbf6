import type { FrameMessage, PageMessage } from '@opencredits/protocol'
import { adoptStyle, dialogCss } from './dialog-style.ts'
import { connectFrame } from './frame-channel.ts'
import { createStandIn, element } from './stand-in.ts'

export interface CheckoutDialog {
  /** @returns whether the frame is loaded for it, the first time and after every failure. */
  open(message: Extract<PageMessage, { type: 'open' }>): boolean
  /** The frame will not come up; `advice` is for the app's developer, or ''. A frame that does all the same is shown. */
  showProblem(advice: string): void
  /** Asks the frame, which asks the user while a payment is under way. */
  requestClose(): void
  send(message: PageMessage): void
}

export interface DialogHandlers {
  onMessage(message: FrameMessage): void
  /** The frame did not come up, and nobody has said why. */
  onBlocked(): void
  onRetry(): void
  onClosed(): void
}

const readyWithinMs = 10_000
/** No trap: after this the dialog may be closed though a payment seems to be under way. */
const holdMsMax = 120_000

/** A modal dialog with one frame of the operator's origin. The frame is made once: moving it would load it anew. */
export function createCheckoutDialog(frameUrl: string, handlers: DialogHandlers): CheckoutDialog {
  adoptStyle(document, dialogCss)
  const { dialog, frame, screen } = buildDialog(() => close(), handlers.onRetry)
  let heldUntilMs = 0
  let readyTimer: ReturnType<typeof setTimeout> | undefined
  let restoreScroll: (() => void) | null = null

  const setHeight = (height: string) => dialog.style.setProperty('--opencredits-height', height)
  const setStage = (stage: 'loading' | 'shown' | 'problem', advice: string | null = null) => {
    clearTimeout(readyTimer)
    dialog.dataset.stage = stage
    screen.element.hidden = stage === 'shown'
    screen.show(advice)
    if (stage === 'problem') setHeight(`${screen.element.offsetHeight}px`)
  }
  const isHeld = () => Date.now() < heldUntilMs
  const close = () => {
    heldUntilMs = 0
    dialog.close()
  }
  const channel = connectFrame(frame, new URL(frameUrl).origin, (message) => {
    if (message.type === 'resized') setHeight(`${message.heightPx}px`)
    if (message.type === 'opened') {
      setStage('shown')
      frame.focus()
    }
    if (message.type === 'payment_state') heldUntilMs = message.isPaying ? Date.now() + holdMsMax : 0
    if (message.type === 'close') close()
    handlers.onMessage(message)
  })
  const requestClose = () => {
    if (!dialog.open) return
    if (dialog.dataset.stage === 'shown') channel.send({ type: 'request_close' })
    else close()
  }
  const onEscape = (event: Event) => {
    event.preventDefault()
    requestClose()
  }
  dialog.addEventListener('cancel', onEscape)
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') onEscape(event)
  })
  dialog.addEventListener('close', () => {
    // A browser lets a repeated Escape through: while a payment runs the dialog comes back, with its frame as it was.
    if (isHeld()) return dialog.showModal()
    clearTimeout(readyTimer)
    restoreScroll?.()
    restoreScroll = null
    handlers.onClosed()
  })
  // A script in the head may open it before there is a body.
  const parent = document.body ?? document.documentElement
  parent.append(dialog)
  return {
    requestClose,
    send: (message) => channel.send(message),
    showProblem(advice) {
      if (dialog.dataset.stage === 'shown') return
      setStage('problem', advice)
    },
    open(message) {
      // A frame that has once been refused or cut off stays so until it is loaded anew.
      const isNew = !channel.isConnected || dialog.dataset.stage === 'problem'
      dialog.dataset.theme = isDark(message.theme) ? 'dark' : 'light'
      setStage('loading')
      if (isNew) {
        channel.disconnect()
        frame.src = frameUrl
        setHeight('')
      }
      channel.send(message)
      if (!dialog.open) {
        restoreScroll = lockScroll()
        dialog.showModal()
      }
      readyTimer = setTimeout(handlers.onBlocked, readyWithinMs)
      return isNew
    },
  }
}

function buildDialog(onClose: () => void, onRetry: () => void) {
  const dialog = element('dialog')
  dialog.className = 'opencredits-dialog'
  dialog.ariaLabel = 'Buy AI credits'
  dialog.closedBy = 'none'
  const frame = element('iframe')
  frame.title = dialog.ariaLabel
  frame.allow = 'payment; publickey-credentials-get; clipboard-write'
  frame.referrerPolicy = 'strict-origin-when-cross-origin'
  const screen = createStandIn({ retry: onRetry, close: onClose })
  dialog.append(frame, screen.element)
  return { dialog, frame, screen }
}

/** A modal dialog does not keep the page behind it from scrolling. Where a scroll bar goes, its room stays. */
function lockScroll(): () => void {
  const { clientWidth, style } = document.documentElement
  const { overflow, scrollbarGutter } = style
  style.overflow = 'hidden'
  if (innerWidth > clientWidth) style.scrollbarGutter = 'stable'
  return () => Object.assign(style, { overflow, scrollbarGutter })
}

function isDark(theme: 'light' | 'dark' | 'auto'): boolean {
  return theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
}
