import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { fieldsOf, listOf, textOf } from '../json.ts'

/**
 * A control over HTTP: `POST /_sandbox/control` with `{ "method", "args" }` answers `{ "result" }`, or `{ "error" }` with
 * 404 for a method that does not exist and 400 for one that refused. Only JSON is read, which a page of another origin
 * cannot send without a preflight that nobody answers.
 */
export function createControlRouter(control: object): Router {
  const router = express.Router()
  router.post('/_sandbox/control', express.json({ limit: '1mb' }), async (request: Request, response: Response) => {
    const { method, args } = fieldsOf(request.body)
    const name = textOf(method) ?? ''
    const call: unknown = Object.hasOwn(control, name) ? Reflect.get(control, name) : undefined
    if (typeof call !== 'function') {
      response.status(404).json({ error: `no control "${name}"; there are: ${Object.keys(control).join(', ')}` })
      return
    }
    const result: unknown = await Reflect.apply(call, control, listOf(args))
    response.json({ result: result ?? null })
  })
  router.use('/_sandbox', (error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.status(400).json({ error: error instanceof Error ? error.message : 'the control refused' })
  })
  return router
}
