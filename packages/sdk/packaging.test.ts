import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { installApp } from './packaging-app.ts'

// Compilers and npm take their time where others use the machine, too.
vi.setConfig({ testTimeout: 120_000 })

/** The package as partners get it: packed, installed, checked, bundled and run, with the oldest and the newest React. */
const apps = {
  'React 19': installApp(['react', 'react-dom', '@types/react']),
  'React 18': installApp(['react-18', 'react-dom-18', 'types-react-18']),
}
const app = apps['React 19']
afterAll(() => {
  for (const { remove } of Object.values(apps)) remove()
})

const baseUrl = 'https://credits.example'
const settings = `publishableKey: 'oc_pk_test', baseUrl: '${baseUrl}'`
const backend = `
import { createClient, InsufficientCreditsError, type OpenCreditsClient, OpenCreditsError, toOpenCreditsError } from '@opencredits/sdk/server'
const client: OpenCreditsClient = createClient({ baseUrl: 'http://127.0.0.1:1', userKey: 'oc_sk_test' })
export async function ask(): Promise<Response> {
  try {
    const left: number = await client.balance()
    const { charge, tokens } = await client.request('req_1')
    const cost: number | null = charge
    console.log(left, cost, tokens?.input, client.openaiBaseUrl, client.anthropicBaseUrl)
    return await client.fetch('/v1/messages', { method: 'POST', body: '{}' })
  } catch (thrown) {
    const error: OpenCreditsError | null = toOpenCreditsError(thrown)
    if (error instanceof InsufficientCreditsError) {
      const needed: number | undefined = error.needed
      return Response.json({ needed, available: error.available })
    }
    if (error === null) throw thrown
    return Response.json(error, { status: error.status ?? 502 })
  }
}
`
const frontend = `
import TheSame, { OpenCredits, OpenCreditsError, type OpenCreditsEvents, type OpenCreditsOptions, version } from '@opencredits/sdk'
import { BuyCreditsButton, CreditBalance, OpenCreditsProvider, type UseOpenCredits, useOpenCredits } from '@opencredits/sdk/react'
import { useRef } from 'react'
const options: OpenCreditsOptions = { ${settings}, onError: ({ error }) => console.log(error instanceof OpenCreditsError, version) }
const same: typeof TheSame = OpenCredits
same.on('balance', ({ balance }: OpenCreditsEvents['balance']) => console.log(balance))
function Inside() {
  const { open, logout, fetch, userKey, balance, isReady }: UseOpenCredits = useOpenCredits()
  const button = useRef<HTMLButtonElement>(null)
  const ask = async () => {
    const response: Response = await fetch('/v1/messages', { method: 'POST' })
    const { status } = await open({ amount: 10, reason: 'insufficient_credits', needed: 43 })
    if (status === 'closed') await logout()
    return [response, userKey?.length, balance?.toFixed(), isReady]
  }
  return <BuyCreditsButton ref={button} amount={10} className="buy" onClick={() => void ask()}>Top up</BuyCreditsButton>
}
export const App = () => <OpenCreditsProvider {...options} onPurchaseCompleted={({ balance }) => console.log(balance)}><Inside /><CreditBalance title="credits">none</CreditBalance></OpenCreditsProvider>
`
const wrong = `
import { OpenCreditsProvider } from '@opencredits/sdk/react'
import { createClient } from '@opencredits/sdk/server'
createClient({ baseUrl: 'https://credits.example' })
export const App = () => <OpenCreditsProvider publishableKey={5} />
`

describe('types', () => {
  const browser = { jsx: 'react-jsx', lib: ['es2023', 'dom', 'dom.iterable'], types: [] }
  const bundler = { module: 'preserve', moduleResolution: 'bundler' }

  it.each([
    ['a bundler', 'React 19', bundler],
    ['a bundler', 'React 18', bundler],
    ['Node 16', 'React 19', { module: 'node16', moduleResolution: 'node16' }],
    ['the newest Node', 'React 19', { module: 'nodenext', moduleResolution: 'nodenext' }],
  ] as const)('are right for %s, with %s', (_modules, version, options) => {
    const { typeCheck, write } = apps[version]
    write({ 'backend.ts': backend, 'frontend.tsx': frontend })
    expect(typeCheck({ ...browser, ...options }, ['frontend.tsx', 'backend.ts'])).toBe('')
  })

  it('find what is missing and what is wrong', () => {
    app.write({ 'wrong.tsx': wrong })
    const found = app.typeCheck({ ...browser, ...bundler }, ['wrong.tsx'])
    expect(found).toMatch(/wrong\.tsx\(4,14\).*'userKey' is missing/s)
    expect(found).toMatch(/wrong\.tsx\(5,47\).*'number' is not assignable to type 'string'/s)
  })
})

describe('a backend', () => {
  it('has types without a browser’s', () => {
    app.write({ 'backend.ts': backend })
    const onServer = { module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2023'], types: ['node'] }
    expect(app.typeCheck(onServer, ['backend.ts'])).toBe('')
  })

  it('needs nothing but fetch: no process, no Buffer, no module of Node', () => {
    app.write({
      'edge.mjs': `
        const print = console.log
        // Node's own fetch is loaded by its first use, and does need them.
        await fetch('http://127.0.0.1:1').catch(() => {})
        for (const name of ['process', 'Buffer', 'global', 'setImmediate']) delete globalThis[name]
        const { createClient, toOpenCreditsError } = await import('@opencredits/sdk/server')
        const client = createClient({ baseUrl: 'http://127.0.0.1:1', userKey: 'oc_sk_test' })
        print(client.openaiBaseUrl, toOpenCreditsError(await client.balance().catch((error) => error)).code)`,
    })
    expect(app.run('edge.mjs')).toBe('http://127.0.0.1:1/v1 network_error\n')
    expect(readFileSync(join(app.root, 'node_modules/@opencredits/sdk/dist/server.js'), 'utf8')).not.toMatch(
      /\bimport\b/,
    )
  })

  it('may be CommonJS', () => {
    app.write({ 'old.cjs': `console.log(typeof require('@opencredits/sdk/server').createClient)` })
    expect(app.run('old.cjs')).toBe('function\n')
  })
})

describe.each(Object.entries(apps))('pages, with %s', (_name, installed) => {
  it('render on a server', () => {
    installed.write({ 'server.mjs': `${serverRendering}console.log(typeof window, renderToString(App))` })
    expect(installed.run('server.mjs')).toBe(`undefined ${markup}\n`)
  })

  afterEach(() => vi.restoreAllMocks())
  it('are hydrated in StrictMode, and sell', async () => {
    const load = (path: string) => import(pathToFileURL(join(installed.root, 'node_modules', path)).href)
    const [{ default: React }, { default: client }, { default: server }, entry] = await Promise.all([
      load('react/index.js'),
      load('react-dom/client.js'),
      load('react-dom/server.node.js'),
      load('@opencredits/sdk/dist/react.js'),
    ])
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
    localStorage.setItem('opencredits:oc_pk_test', JSON.stringify({ key: 'oc_sk_1' }))
    const sold: unknown[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
      if (init?.method !== 'POST') return new Response('{"balance":4850.5}')
      sold.push(JSON.parse(String(init.body)))
      return new Response('{"session_id":"cs_1","user_key":"oc_sk_1","checkout_url":"https://pay.example"}')
    })
    const onError = vi.spyOn(console, 'error')
    const options = { publishableKey: 'oc_pk_test', baseUrl, checkoutMode: 'manual', locale: 'en' }
    const page = React.createElement(
      entry.OpenCreditsProvider,
      options,
      React.createElement(entry.CreditBalance),
      React.createElement(entry.BuyCreditsButton, { amount: 10 }),
    )
    const container = document.createElement('div')
    container.innerHTML = server.renderToString(page)
    expect(container.innerHTML).toBe(markup)
    await React.act(async () => client.hydrateRoot(container, React.createElement(React.StrictMode, null, page)))
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false })
    await vi.waitFor(() => expect(container.textContent).toBe('4,850.5Buy credits'))
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
    await React.act(async () => container.querySelector('button')?.click())
    await vi.waitFor(() => expect(sold).toMatchObject([{ amount: 10, mode: 'manual' }]))
    expect(onError).not.toHaveBeenCalled()
  })
})

const markup = '<span>–</span><button type="button">Buy credits</button>'
const serverRendering = `
  import { BuyCreditsButton, CreditBalance, OpenCreditsProvider } from '@opencredits/sdk/react'
  import { createElement } from 'react'
  import { renderToString } from 'react-dom/server'
  const App = createElement(OpenCreditsProvider, { ${settings} }, createElement(CreditBalance), createElement(BuyCreditsButton))
`

describe('a bundle', () => {
  const brotliBytes = (text: string) => brotliCompressSync(text).length
  const bundle = async (source: string, external: readonly string[]) => {
    app.write({ 'entry.js': source })
    const built = await build({
      ...{ root: app.root, configFile: false, logLevel: 'silent' },
      build: { write: false, rolldownOptions: { input: join(app.root, 'entry.js'), external: [...external] } },
    })
    const outputs = Array.isArray(built) ? built : [built]
    return outputs
      .flatMap((one) => ('output' in one ? one.output : []))
      .map((file) => ('code' in file ? file.code : ''))
      .join('')
  }

  it.each([
    ['@opencredits/sdk', 'OpenCredits', [], 7],
    ['@opencredits/sdk/react', 'BuyCreditsButton', ['react', 'react/jsx-runtime'], 8.5],
    ['@opencredits/sdk/react', 'BuyCreditsButton', [], 15],
    ['@opencredits/sdk/server', 'createClient', [], 1.5],
  ] as const)('of %s is whole and small, with %s and without %j', async (entry, name, external, kilobytes) => {
    const code = await bundle(`import { ${name} } from '${entry}'\nconsole.log(${name})`, external)
    const imported = [...code.matchAll(/\bfrom\s*["']([^"']+)["']/g)].map(([, from]) => from)
    expect(imported.filter((from) => !external.some((one) => one === from))).toEqual([])
    expect(brotliBytes(code)).toBeGreaterThan(500)
    expect(brotliBytes(code)).toBeLessThanOrEqual(kilobytes * 1024)
  })

  it('of nothing that is used is empty: the package has no side effects', async () => {
    const entries = ['', '/react', '/server'].map((entry) => `import '@opencredits/sdk${entry}'`)
    expect((await bundle(entries.join('\n'), ['react', 'react/jsx-runtime'])).trim()).toBe('')
  })
})

describe('the package', () => {
  const read = (file: string) => readFileSync(join(app.root, 'node_modules/@opencredits/sdk', file), 'utf8')

  it('holds the entries, their types and what has to be read, and not the checkout app', () => {
    expect(app.files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist/sdk.js']))
    expect(app.files.filter((file) => !/^(dist|dist\/types.*|dist\/[\w-]+\.js|[\w.]+)$/.test(file))).toEqual([])
    expect(app.packedBytes).toBeLessThanOrEqual(40 * 1024)
  })

  it('has a React entry under 1.5 KB that Next.js takes for a client component', () => {
    expect(read('dist/react.js')).toMatch(/^["']use client["']/)
    expect(brotliCompressSync(read('dist/react.js')).length).toBeLessThanOrEqual(1.5 * 1024)
    expect(read('dist/server.js')).not.toMatch(/use client/)
  })

  it('has types that need no package but React', () => {
    for (const file of app.files.filter((name) => name.endsWith('.d.ts'))) {
      const imported = [...read(`${file}`).matchAll(/^(?!\s*[/*]).*(?:from |import\()["']([^"']+)/gm)].map(
        ([, from]) => from,
      )
      expect(
        imported.filter((from) => !/^(\.{1,2}\/.*\.js|react)$/.test(String(from))),
        file,
      ).toEqual([])
    }
  })
})
