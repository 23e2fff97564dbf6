/** @jsxImportSource react */
import { act, type ReactNode, StrictMode } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { vi } from 'vitest'

export const baseUrl = 'https://credits.example'
export const publishableKey = 'oc_pk_test'
export const settings = { publishableKey, baseUrl, checkoutMode: 'manual' as const }

interface Answer {
  readonly status?: number
  readonly body: unknown
}

/** A page that has just been loaded: the SDK and what the React entry knows are new, the browser's storage is empty. */
export async function loadPage() {
  setActing(true)
  vi.resetModules()
  localStorage.clear()
  document.body.innerHTML = ''
  const { OpenCredits } = await import('../index.ts')
  const calls = {
    init: vi.spyOn(OpenCredits, 'init'),
    on: vi.spyOn(OpenCredits, 'on'),
    off: vi.spyOn(OpenCredits, 'off'),
  }
  return { OpenCredits, calls, ...(await import('./index.ts')) }
}

export function keepKey(userKey: string): void {
  localStorage.setItem(`opencredits:${publishableKey}`, JSON.stringify({ key: userKey }))
}

/** Answers of the server, by method and path. @returns what was asked */
export function serve(answers: Readonly<Record<string, () => Answer>>): string[] {
  const asked: string[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init)
    const call = `${request.method} ${request.url.slice(baseUrl.length)}`
    if (call.startsWith('GET /v1/checkout/preflight?')) return new Response(null, { status: 204 })
    asked.push(call)
    const answer = answers[call]?.()
    if (answer === undefined) throw new TypeError(`nobody answers ${call}`)
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 })
  })
  return asked
}

/** Waits for what comes by itself, so outside of any `act`, which React is told. */
export async function eventually(check: () => void): Promise<void> {
  setActing(false)
  await vi.waitFor(check)
  setActing(true)
}

function setActing(isActing: boolean): void {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: isActing })
}

export interface Mounted {
  readonly container: HTMLElement
  readonly root: Root
  show(children: ReactNode): Promise<void>
}

/** In StrictMode, as new apps are: effects run twice. */
export async function mount(children: ReactNode, markup: string | null = null): Promise<Mounted> {
  const container = document.createElement('div')
  container.innerHTML = markup ?? ''
  document.body.append(container)
  const strict = (inside: ReactNode) => <StrictMode>{inside}</StrictMode>
  const root = await act(async () => {
    if (markup !== null) return hydrateRoot(container, strict(children))
    const made = createRoot(container)
    made.render(strict(children))
    return made
  })
  return { container, root, show: (next) => act(async () => root.render(strict(next))) }
}
