import { readFile } from 'node:fs/promises'
import express from 'express'

/** Serves the plain page; a real one is a static file with the two values written in. */
const { PORT = '8788', OPENCREDITS_URL = 'http://localhost:8787', OPENCREDITS_PUBLISHABLE_KEY = '' } = process.env

const app = express()
app.get('/', async (_request, response) => {
  const page = await readFile(new URL('./index.html', import.meta.url), 'utf8')
  response
    .type('html')
    .send(
      page.replaceAll('{{BASE_URL}}', OPENCREDITS_URL).replaceAll('{{PUBLISHABLE_KEY}}', OPENCREDITS_PUBLISHABLE_KEY),
    )
})
app.use(express.static(import.meta.dirname, { index: false }))
const server = app.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address()
  console.log(`The page is at http://localhost:${typeof address === 'object' ? address?.port : PORT}`)
})
