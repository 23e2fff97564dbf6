import { callbackOf, eventNames } from './known-names.ts'
import { warnUnknown } from './near-names.ts'
import type { OpenCreditsEvents, OpenCreditsOptions } from './options.ts'

type Listener = (detail: never) => void

export interface EventHub {
  emit<Name extends keyof OpenCreditsEvents>(name: Name, detail: OpenCreditsEvents[Name]): void
  on(name: string, listener: Listener): void
  off(name: string, listener: Listener): void
  /** Whether anybody listens to it. */
  isHeard(name: keyof OpenCreditsEvents): boolean
}

/** Callbacks are looked up when they fire, so a second `init` has its say. A listener that throws stops nobody else. */
export function createEventHub(options: () => OpenCreditsOptions | null): EventHub {
  const listeners = new Map<string, Set<Listener>>()
  const heardBy = (name: string) => {
    const callback = options()?.[callbackOf(name) as keyof OpenCreditsOptions]
    return [...(typeof callback === 'function' ? [callback] : []), ...(listeners.get(name) ?? [])] as ((
      detail: unknown,
    ) => void)[]
  }
  return {
    emit(name, detail) {
      for (const listener of heardBy(name)) {
        try {
          listener(detail)
        } catch (error) {
          // The page's own fault, told where the page's developer looks.
          reportError(error)
        }
      }
    },
    on(name, listener) {
      warnUnknown('event', name, eventNames)
      const known = listeners.get(name) ?? new Set()
      listeners.set(name, known.add(listener))
    },
    off: (name, listener) => void listeners.get(name)?.delete(listener),
    isHeard: (name) => heardBy(name).length > 0,
  }
}
