import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import express, { Router } from 'express'
import { describeApi } from './openapi.ts'

/** Swagger UI sets styles on elements; scripts are our own files only, and it may call nothing but this server. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

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
  router.use('/docs/assets', express.static(assets, { index: false, redirect: false, maxAge: '1d' }))
  return router
}
