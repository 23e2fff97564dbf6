import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { describeApi } from './openapi.ts'
import { operations } from './operations.ts'

const description = describeApi({ publicUrl: 'https://credits.example', version: '1' })
const source = resolve(import.meta.dirname, '..')

/** The routes as they are written: `router.get('/v1/…'`, and the gateway's own lists. */
function routesInSource(): readonly string[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('reference'),
  )
  const texts = files.map((file) => readFileSync(join(source, file), 'utf8'))
  const routes = texts.flatMap((text) => [
    ...[...text.matchAll(/router\.(get|post|patch|delete)\(\s*\[?'(\/[^']*)'/g)].map(
      ([, method, path]) => `${method} ${path}`,
    ),
    ...[
      ...text.matchAll(/^\s+\['(\/[\w/]+)', openai\w+\]|^\s+\['(\/[\w/]+)', anthropic\w+\]|^\s+route\('(\/[\w/]+)'/gm),
    ].map(([, one, two, three]) => `post /v1${one ?? two ?? three}`),
  ])
  return routes.map((route) => route.replace(/[:*](\w+)/g, '{$1}'))
}

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(description))
    expect(result.errors).toBeUndefined()
    expect(result.valid).toBe(true)
  })

  it('has every route that the server has, and no other', () => {
    const pages = ['get /checkout', 'get /account', 'get /openapi.json', 'get /docs', 'get /docs/start.js']
    const described = operations.map(({ method, path }) => `${method} ${path}`)
    expect(routesInSource().length).toBeGreaterThan(20)
    expect(routesInSource().filter((route) => !described.includes(route) && !pages.includes(route))).toEqual([])
    expect(described.filter((route) => !routesInSource().includes(route))).toEqual([])
  })

  it('takes its bodies from the schemas that the server checks by', () => {
    expect(description).toMatchObject({
      paths: {
        '/v1/messages': {
          post: {
            requestBody: {
              content: {
                'application/json': {
                  schema: { required: expect.arrayContaining(['model', 'messages', 'max_tokens']) },
                },
              },
            },
          },
        },
        '/v1/keys': {
          post: {
            requestBody: { content: { 'application/json': { schema: { properties: { rpm: expect.anything() } } } } },
          },
        },
      },
    })
  })
})
