/** Tells the page how high the frame's content is, so that the dialog shows that much of it. */
export interface FrameHeight {
  /** Also where it has not changed: the page has forgotten it, or never knew it. */
  reportNow(): void
}

/** As `dialog-style.ts` moves the dialog's edge. */
const motion = { duration: 180, easing: 'ease-out' } as const

export function createFrameHeight(send: (heightPx: number) => void): FrameHeight {
  let sentPx = 0
  const report = () => {
    const heightPx = Math.ceil(document.body.getBoundingClientRect().height)
    if (heightPx === sentPx || heightPx === 0) return
    document.documentElement.toggleAttribute('data-scrolls', heightPx >= innerHeight)
    if (sentPx !== 0) glide(sentPx - heightPx)
    sentPx = heightPx
    send(heightPx)
  }
  // Within the task of the change, so that what glides is never laid out at the end of its way first; what changes the
  // height without changing the document, such as another width, is found by the second.
  new MutationObserver(report).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  })
  new ResizeObserver(report).observe(document.body)
  return {
    reportNow() {
      sentPx = 0
      report()
    },
  }
}

/**
 * What stands at the lower edge moves with it: first it is held where it was seen, and from the next frame on it moves, as
 * the dialog does, which hears of it one frame later. One that still moves is held where it has come to.
 */
function glide(fromPx: number): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  for (const part of document.querySelectorAll<HTMLElement>('.bar, footer')) {
    const [, moved = '0px'] = getComputedStyle(part).translate.split(' ')
    for (const running of part.getAnimations()) running.cancel()
    part.style.translate = `0 ${Number(moved.replace('px', '')) + fromPx}px`
    requestAnimationFrame(() => {
      const { translate } = part.style
      part.style.translate = ''
      if (translate !== '') part.animate({ translate: [translate, '0 0'] }, motion)
    })
  }
}
