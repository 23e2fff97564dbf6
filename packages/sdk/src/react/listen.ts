import { OpenCredits, type OpenCreditsEvents } from '../index.ts'

/** @returns what takes the listener off again */
export function listen<Name extends keyof OpenCreditsEvents>(
  name: Name,
  listener: (detail: OpenCreditsEvents[Name]) => void,
): () => void {
  OpenCredits.on(name, listener)
  return () => OpenCredits.off(name, listener)
}

/** @returns what takes all of them off again */
export function together(stops: readonly (() => void)[]): () => void {
  return () => {
    for (const stop of stops) stop()
  }
}
