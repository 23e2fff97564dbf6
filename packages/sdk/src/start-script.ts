import { settingNames } from './check-options.ts'
import { createOpenCredits } from './create-open-credits.ts'
import { defineElements } from './elements.ts'
import type { OpenCreditsApi, OpenCreditsOptions } from './options.ts'

declare global {
  interface Window {
    OpenCredits?: OpenCreditsApi
  }
}

/** A call that the loader stub took before the script had come: method, arguments, and the ends of its promise. */
type QueuedCall = readonly [string, readonly unknown[], (result: unknown) => void, (error: unknown) => void]

/** What the loader stub leaves in the page. */
interface LoaderStub {
  q?: QueuedCall[]
}

/**
 * `window.OpenCredits` for a script tag: with `async`, `defer` or `type="module"`, in the head or not. A second tag finds
 * the first one's and leaves it. The stub's object becomes the SDK, so that a page may keep what it was given.
 */
export function startScript(): void {
  const found: (Partial<OpenCreditsApi> & LoaderStub) | undefined = window.OpenCredits
  if (found?.version !== undefined) return
  const stub = found ?? {}
  const module = addressOfModule()
  const tag = document.currentScript ?? [...document.scripts].find(({ src }) => src === module)
  const address = new URL(tag?.getAttribute('src') ?? module, document.baseURI)
  const sdk = Object.assign(stub, createOpenCredits(address.origin))
  window.OpenCredits = sdk
  if (tag?.dataset.publishableKey !== undefined) initByAttributes(sdk, tag.dataset)
  if (stub.q !== undefined) runQueue(sdk, stub.q)
  defineElements(sdk)
}

/** A module has no `currentScript`; the stack of an error names the file that runs. */
function addressOfModule(): string {
  return /https?:\/\/\S+?(?=:\d+:\d+)/.exec(new Error('').stack ?? '')?.[0] ?? ''
}

/** `data-publishable-key="oc_pk_…" data-currency="eur"`. Other tools put attributes of their own on script tags. */
function initByAttributes(sdk: OpenCreditsApi, dataset: DOMStringMap): void {
  const options = Object.fromEntries(Object.entries(dataset).filter(([name]) => settingNames.includes(name)))
  try {
    sdk.init(options as unknown as OpenCreditsOptions)
  } catch (error) {
    console.error(error)
  }
}

function runQueue(sdk: OpenCreditsApi, queue: QueuedCall[]): void {
  const methods: Readonly<Record<string, unknown>> = { ...sdk }
  const run = ([name, given, done, failed]: QueuedCall) => {
    const method = methods[name]
    try {
      done(typeof method === 'function' ? method(...given) : undefined)
    } catch (error) {
      failed(error)
    }
  }
  queue.forEach(run)
  // A page may have kept the stub's functions.
  queue.push = (...calls) => {
    calls.forEach(run)
    return 0
  }
}
