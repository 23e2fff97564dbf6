import { createServer, type Server } from 'node:http'

export interface PartnerPage {
  /** The options of `init`, without the callbacks. */
  readonly init: Record<string, unknown>
  readonly headers?: Record<string, string>
  /** More script, run before `init`. */
  readonly script?: string
  readonly scriptTags?: number
  /** The whole page instead, as a partner wrote it; the rest is not used then. */
  readonly html?: string
}

export interface PartnerSite {
  /** `http://partner.localhost:PORT`: another site than the checkout's. */
  readonly origin: string
  /** A page that embeds the SDK. Every callback is recorded in `window.calls` as `[name, detail]`. */
  address(page: PartnerPage): string
  close(): Promise<void>
}

const callbacks = [
  'onPurchaseCompleted',
  'onLoginCompleted',
  'onCheckoutOpened',
  'onPurchaseError',
  'onError',
  'onComplete',
  'onLoggedOut',
]

/** A partner's web site, one page an address. */
export async function startPartnerSite(opencreditsUrl: string, host = 'partner.localhost'): Promise<PartnerSite> {
  const pages = new Map<string, PartnerPage>()
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const page = pages.get(pathname.replace(/\.js$/, ''))
    if (page === undefined) return void response.writeHead(404).end()
    const isScript = pathname.endsWith('.js')
    response.writeHead(200, {
      'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8',
      ...page.headers,
    })
    response.end(isScript ? scriptOf(page) : (page.html ?? htmlOf(opencreditsUrl, pathname, page)))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const origin = `http://${host}:${address.port}`
  return {
    origin,
    address(page) {
      const path = `/page-${pages.size}`
      pages.set(path, page)
      return origin + path
    },
    close() {
      server.closeAllConnections()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}

function htmlOf(opencreditsUrl: string, path: string, page: PartnerPage): string {
  const tag = `<script src="${opencreditsUrl}/assets/sdk.js"></script>`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Partner</title><link rel="icon" href="data:,">${tag.repeat(page.scriptTags ?? 1)}<script src="${path}.js"></script></head>
<body><main><h1>A partner’s app</h1><p>Some text.</p><button id="buy">Buy credits</button><p>${'More text. '.repeat(2000)}</p></main></body></html>`
}

function scriptOf(page: PartnerPage): string {
  const recorded = callbacks.map(
    (name) =>
      `${name}(detail) { calls.push(['${name}', detail?.error ? { code: detail.error.code, message: detail.error.message } : detail]) }`,
  )
  return `window.calls = []
${page.script ?? ''}
window.start = () => OpenCredits.init({ ...${JSON.stringify(page.init)}, ${recorded.join(', ')} })
start()
addEventListener('DOMContentLoaded', () => document.getElementById('buy').addEventListener('click', () => OpenCredits.open(window.openOptions)))`
}
