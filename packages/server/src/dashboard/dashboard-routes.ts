import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import express, { type RequestHandler, Router } from 'express'

export interface DashboardDeps {
  readonly isSandbox: boolean
  /** Where `packages/dashboard` was built. */
  readonly dashboardDistPath: string
}

/** The installation's own page at `/`, and the account page and the partner console: each one app for every path below its own. */
export function createDashboardRouter(deps: DashboardDeps): Router {
  const router = Router()
  for (const page of ['home', 'account', 'partner'])
    router.use(
      `/${page}/assets`,
      express.static(join(deps.dashboardDistPath, page, 'assets'), { immutable: true, maxAge: '1y', index: false }),
      // What is not there is no page of the app: a browser would take it for a script.
      (_request, _response, next) => next('router'),
    )
  router.get('/', sendPage(deps, 'home'))
  // The apps know their own paths, and say so where there is no such page.
  for (const page of ['account', 'partner']) {
    router.get(`/${page}`, sendPage(deps, page))
    router.get(`/${page}/*path`, sendPage(deps, page))
  }
  return router
}

function sendPage(deps: DashboardDeps, page: string): RequestHandler {
  const file = join(deps.dashboardDistPath, page, 'index.html')
  return async (_request, response) => {
    const html = await readFile(file, 'utf8').catch(() => null)
    const mark = deps.isSandbox ? ' data-sandbox' : ''
    response
      .status(html === null ? 503 : 200)
      .set(pageHeaders)
      .type('html')
      .send(html === null ? notBuiltPage : html.replace('<html lang="en"', (tag) => tag + mark))
  }
}

/**
 * These pages hold the user's session: they run our own files only, call this server only, and nobody may frame them.
 * They frame our own checkout, and show the logos of apps.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const notBuiltPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>This page is not built</title>
<h1>This page is not built here</h1>
<p>Build it in the folder of OpenCredits with <code>npx --yes pnpm@12 --filter @opencredits/dashboard build</code>, then reload this page. <code>npm start</code> and the Docker image build it by themselves.</p></html>
`
