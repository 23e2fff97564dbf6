import type { OpenCreditsEvents, OpenCreditsOptions } from './options.ts'

type Listener = (detail: never) => void

export interface EventHub {
  emit<Name extends keyof OpenCreditsEvents>(name: Name, detail: OpenCreditsEvents[Name]): void
  on(name: string, listener: Listener): void
  off(name: string, listener: Listener): void
}

/** Callbacks are looked up when they fire, so a second `init` has its say. A listener that throws stops nobody else. */
export function createEventHub(options: () => OpenCreditsOptions | null): EventHub {
  const listeners = new Map<string, Set<Listener>>()
  return {
    emit(name, detail) {
      const callback = options()?.[`on${name[0]?.toUpperCase()}${name.slice(1)}` as keyof OpenCreditsOptions]
      const all = [...(typeof callback === 'function' ? [callback] : []), ...(listeners.get(name) ?? [])] as ((
        detail: unknown,
      ) => void)[]
      for (const listener of all) {
        try {
          listener(detail)
        } catch (error) {
          // The page's own fault, told where the page's developer looks.
          reportError(error)
        }
      }
    },
    on(name, listener) {
      const known = listeners.get(name) ?? new Set()
      listeners.set(name, known.add(listener))
    },
    off: (name, listener) => void listeners.get(name)?.delete(listener),
  }
}
