/** Tells the page how high the frame would be if all of it were seen, so that the dialog follows what it holds. */
export interface FrameHeight {
  /** Counts an element's height in. @returns takes it out again. */
  measure(element: HTMLElement): () => void
  /** Never lower than this, whatever is in the frame. */
  keepAtLeast(heightPx: number): void
  reportNow(): void
}

const scrollBarAfterMs = 260

export function createFrameHeight(send: (heightPx: number) => void): FrameHeight {
  const parts = new Set<HTMLElement>()
  let leastPx = 0
  let sentPx = 0
  let waiting: ReturnType<typeof setTimeout> | undefined
  let settling: ReturnType<typeof setTimeout> | undefined
  const report = () => {
    const sumPx = [...parts].reduce((sum, part) => sum + part.getBoundingClientRect().height, 0)
    const heightPx = Math.max(leastPx, Math.ceil(sumPx))
    // Only once the dialog has had its time to grow: a scroll bar that flashes by would look like a fault.
    clearTimeout(settling)
    settling = setTimeout(() => {
      document.documentElement.toggleAttribute('data-scrolls', heightPx > innerHeight + 1)
    }, scrollBarAfterMs)
    if (heightPx === sentPx || heightPx === 0) return
    sentPx = heightPx
    send(heightPx)
  }
  // Not by the observer alone: it sleeps while the tab is in the background, where a payment may end.
  const reportSoon = () => {
    clearTimeout(waiting)
    waiting = setTimeout(report)
  }
  const observer = new ResizeObserver(report)
  addEventListener('resize', report)
  return {
    measure(element) {
      parts.add(element)
      observer.observe(element)
      reportSoon()
      return () => {
        parts.delete(element)
        observer.unobserve(element)
        reportSoon()
      }
    },
    keepAtLeast(heightPx) {
      leastPx = heightPx
      report()
    },
    reportNow() {
      sentPx = 0
      report()
    },
  }
}
