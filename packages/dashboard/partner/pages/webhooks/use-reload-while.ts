import { useEffect, useRef } from 'preact/hooks'

const everyMs = 2_000
/** What waits longer is a matter of minutes and hours. */
const timesMax = 15

/** Reads again now and then while something is under way and the page is looked at. */
export function useReloadWhile(isUnderWay: boolean, reload: () => void): void {
  const times = useRef(0)
  useEffect(() => {
    if (!isUnderWay) {
      times.current = 0
      return
    }
    const timer = setInterval(() => {
      if (document.hidden || times.current >= timesMax) return
      times.current += 1
      reload()
    }, everyMs)
    return () => clearInterval(timer)
  }, [isUnderWay, reload])
}
