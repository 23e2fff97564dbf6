import { useEffect, useState } from 'preact/hooks'

/**
 * Calls `ask` every so often while `isOn` and the page is visible, and at once when somebody comes back to it.
 * @returns how often it has, for what else is to be read then
 */
export function usePolling(isOn: boolean, everyMs: number, ask: () => void): number {
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (!isOn) return
    const tick = () => {
      if (document.visibilityState !== 'visible') return
      ask()
      setRound((now) => now + 1)
    }
    const timer = setInterval(tick, everyMs)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [isOn, everyMs, ask])
  return round
}
