import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Router } from 'express'
import { describeApi } from './openapi.ts'

/** Only our own files, nothing inline, and it may call nothing but this server: its visitors type keys into it. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const assetFiles = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OpenCredits API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="reference"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true, validatorUrl: null })\n`

/** `/openapi.json`, and the same to read and try at `/docs`. */
export function createReferenceRouter(deps: { readonly publicUrl: string }): Router {
  const router = Router()
  const description = JSON.stringify(describeApi({ publicUrl: deps.publicUrl, version: '0.1.0' }), null, 2)
  const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

  router.get('/openapi.json', (_request, response) => {
    response.set('access-control-allow-origin', '*').type('application/json').send(description)
  })
  router.get('/docs', (_request, response) => {
    response.set(pageHeaders).type('html').send(page)
  })
  router.get('/docs/start.js', (_request, response) => {
    response.set(pageHeaders).type('text/javascript').send(start)
  })
  // By name: the package also holds a page of its own, which would show any address's description in our origin.
  for (const file of assetFiles) {
    router.get(`/docs/assets/${file}`, (_request, response) => {
      response.set(pageHeaders).sendFile(file, { root: assets, maxAge: '1d', cacheControl: true })
    })
  }
  return router
}
