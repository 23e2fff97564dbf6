import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loaderStub } from './loader-stub.ts'
import { startScript } from './start-script.ts'
import { baseUrl, json, serveApi } from './test-server.ts'

const publishableKey = 'oc_pk_test'
const address = `${baseUrl}/assets/sdk.js`

beforeEach(() => {
  localStorage.clear()
  delete window.OpenCredits
  serveApi({ '/v1/checkout/preflight': () => json({}) })
  // A document defines an element once, and these tests load the script again and again.
  vi.spyOn(customElements, 'define').mockImplementation(() => {})
})

afterEach(async () => {
  await new Promise((idle) => setTimeout(idle, 20))
  vi.restoreAllMocks()
})

/** Runs the script as if this tag had loaded it. */
function load(attributes: Readonly<Record<string, string>> = {}) {
  const tag = document.createElement('script')
  for (const [name, value] of Object.entries({ src: address, ...attributes })) tag.setAttribute(name, value)
  vi.spyOn(document, 'currentScript', 'get').mockReturnValue(tag)
  startScript()
}

const runStub = () => new Function(loaderStub)()

describe('the script tag', () => {
  it('initialises by its attributes and knows where it came from; other tools’ attributes are left alone', async () => {
    const warn = vi.spyOn(console, 'warn')
    load({ 'data-publishable-key': publishableKey, 'data-currency': 'eur', 'data-turbo-track': 'reload' })
    await vi.waitFor(() => expect(fetch).toHaveBeenCalled())
    const asked = String(vi.mocked(fetch).mock.calls[0]?.[0])
    expect(asked.startsWith(`${baseUrl}/v1/checkout/preflight?publishable_key=${publishableKey}`)).toBe(true)
    expect(asked).toContain('currency=eur')
    expect(warn).not.toHaveBeenCalled()
  })

  it('tells the console of an attribute that is wrong, and the page goes on', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    load({ 'data-publishable-key': 'oc_sk_secret' })
    expect(error).toHaveBeenCalledWith(
      expect.objectContaining({ message: expect.stringMatching(/must never be in a page/) }),
    )
    expect(window.OpenCredits?.version).toBeDefined()
  })

  it('a second tag leaves the first one’s SDK as it is', () => {
    load()
    const first = window.OpenCredits
    load({ 'data-publishable-key': publishableKey })
    expect(window.OpenCredits).toBe(first)
    expect(() => first?.open()).toThrow(/init/)
  })
})

describe('the loader stub', () => {
  it('is at most 400 bytes with its tags', () => {
    expect(Buffer.byteLength(`<script>${loaderStub}</script>`)).toBeLessThanOrEqual(400)
  })

  it('keeps calls until the script has come; what a page has kept of it goes on working', async () => {
    runStub()
    const early = window.OpenCredits
    if (early === undefined) throw new Error('no stub')
    const { open, on } = early
    expect(early.getUserKey()).toBeNull()
    const onError = vi.fn()
    early.init({ publishableKey, checkoutMode: 'manual', onError })
    const refused = early.open({ amount: -1 })
    refused.catch(() => {})
    const outcome = early.open()
    load()
    expect(window.OpenCredits).toBe(early)
    expect(early.version).toBeDefined()
    await expect(refused).rejects.toThrow(/positive number/)
    expect(await outcome).toMatchObject({ status: 'closed' })
    expect(onError).toHaveBeenCalledTimes(1)
    const listener = vi.fn()
    on('error', listener)
    expect(await open()).toMatchObject({ status: 'closed' })
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('leaves an SDK that is there already', () => {
    load()
    const sdk = window.OpenCredits
    runStub()
    expect(window.OpenCredits).toBe(sdk)
  })
})
