import { fileURLToPath } from 'node:url'
import { Router } from 'express'

/** The two fonts of the examples, from their packages: nothing is fetched from elsewhere. */
export function createFontRouter(): Router {
  const router = Router()
  router.get('/fonts/:name.woff2', (request, response) => {
    const { name } = request.params
    if (name !== 'inter' && name !== 'fraunces') return void response.status(404).end()
    const file = import.meta.resolve(`@fontsource-variable/${name}/files/${name}-latin-wght-normal.woff2`)
    // pnpm keeps packages in a folder whose name begins with a dot.
    response.sendFile(fileURLToPath(file), { maxAge: '1d', dotfiles: 'allow' })
  })
  return router
}
