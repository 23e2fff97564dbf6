import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import express, { type RequestHandler, type Response, Router } from 'express'
import { describeApi } from './openapi.ts'
import { createInlineScriptsReader } from './read-inline-scripts.ts'

export interface ReferenceDeps {
  readonly publicUrl: string
  /** Where `packages/docs` was built. */
  readonly docsDistPath: string
}

/** `/openapi.json`, and the documentation for partners with the API reference at `/docs`. */
export function createReferenceRouter({ publicUrl, docsDistPath }: ReferenceDeps): Router {
  const router = Router()
  const description = JSON.stringify(describeApi({ publicUrl, version: '0.1.0' }), null, 2)
  const site = join(docsDistPath, 'site')

  router.get('/openapi.json', (_request, response) => {
    response.set('access-control-allow-origin', '*').type('application/json').send(description)
  })
  router.use('/docs/assets', express.static(join(site, 'assets'), { immutable: true, maxAge: '1y', index: false }))
  router.use('/docs', setPageHeaders(docsDistPath), express.static(site, { extensions: ['html'], maxAge: 0 }))
  router.use('/docs', async (_request, response) => {
    response
      .status(404)
      .type('html')
      .send(await readFile(join(site, '404.html'), 'utf8'))
  })
  return router
}

/** Answers with how to build the site where it was not built. */
function setPageHeaders(docsDistPath: string): RequestHandler {
  const readInlineScripts = createInlineScriptsReader(join(docsDistPath, 'inline-scripts.json'))
  return async (request, response, next) => {
    const scripts = await readInlineScripts()
    if (scripts === null) return sayHowToBuild(response)
    response.set('content-security-policy', contentSecurityPolicy(scripts, request.path.startsWith('/reference')))
    next()
  }
}

/**
 * Only our own files, and a page may call nothing but this server: readers type keys into the reference. Scalar, which
 * draws the reference, adds style elements; a style can send nothing away, since images and fonts come from here too.
 */
function contentSecurityPolicy(inlineScripts: readonly string[], isReference: boolean): string {
  const policy = {
    'default-src': ["'none'"],
    'script-src': ["'self'", ...(isReference ? [] : inlineScripts.map((hash) => `'${hash}'`))],
    'style-src': ["'self'", ...(isReference ? ["'unsafe-inline'"] : [])],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  }
  return Object.entries(policy)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ')
}

const notBuiltPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>The documentation is not built</title>
<h1>The documentation is not built here</h1>
<p>Build it in the folder of OpenCredits with <code>npx --yes pnpm@12 --filter @opencredits/docs build</code>, then reload this page. <code>npm start</code> and the Docker image build it by themselves.</p>
<p>The description of the API is at <a href="/openapi.json">/openapi.json</a>.</p></html>
`

function sayHowToBuild(response: Response): void {
  response
    .status(503)
    .set('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    .type('html')
    .send(notBuiltPage)
}
