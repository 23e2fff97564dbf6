import { createServer } from 'node:http'
import { build } from 'vite'

/** The site of a partner whose page is an app of React. */
export interface ReactApp {
  readonly origin: string
  /** What the page runs. */
  script: string
  close(): Promise<void>
}

/**
 * A site of its own: Chromium lets no page that Playwright makes up call this machine.
 * @param markup what the server has rendered already
 */
export async function startReactApp(markup = ''): Promise<ReactApp> {
  const html = `<!doctype html><html lang="en"><title>Partner</title><link rel="icon" href="data:,"><div id="root">${markup}</div><script type="module" src="/app.js"></script></html>`
  const server = createServer(({ url }, response) => {
    const isScript = url === '/app.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? app.script : html)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const app: ReactApp = {
    origin: `http://partner.localhost:${address.port}`,
    script: '',
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
  return app
}

/** Builds it as a partner would, with the package as it is built. @param source may have JSX */
export async function bundleReactApp(source: string): Promise<string> {
  const name = 'virtual:app.jsx'
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    plugins: [
      {
        name: 'app',
        resolveId: (id) => (id === name ? id : null),
        load: (id) => (id === name ? source : null),
      },
    ],
    // React's own warnings are what this is about.
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"' },
    build: { write: false, minify: false, rolldownOptions: { input: name } },
  })
  const [chunk] = 'output' in built ? built.output : []
  if (chunk === undefined) throw new Error('nothing was built')
  return chunk.code
}
