import type { ServerResponse } from 'node:http'
import type { NextFunction, Request, Response } from 'express'

const requestHeaders =
  'authorization, content-type, x-user-key, x-api-key, x-opencredits-key, idempotency-key, anthropic-version, anthropic-beta, anthropic-dangerous-direct-browser-access'

/**
 * Any page may call the user endpoints: a key is the credential and no cookie is read there, so an origin proves
 * nothing (contract §3). SDKs add headers of their own, so a preflight is told whatever it asks for.
 */
export function answerPreflight(request: Request, response: Response, next: NextFunction): void {
  if (request.method !== 'OPTIONS') {
    next()
    return
  }
  response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PATCH, DELETE')
  response.setHeader('access-control-allow-headers', request.get('access-control-request-headers') ?? requestHeaders)
  response.setHeader('access-control-max-age', '86400')
  response.setHeader('vary', 'access-control-request-headers')
  response.status(204).end()
}

/** A browser that is told nothing here sends nothing: pages of other sites cannot use what a cookie opens. */
export function refusePreflight(request: Request, response: Response, next: NextFunction): void {
  if (request.method === 'OPTIONS') response.status(404).end()
  else next()
}

/** What every answer of the public API says, to whoever asked. */
export function exposeToAnyOrigin(response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-expose-headers', '*')
}
