import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { routesOfApp } from '../test-routes.ts'
import { describeApi } from './openapi.ts'
import { operations } from './operations.ts'

const description = describeApi({ publicUrl: 'https://credits.example', version: '1' })

/** What is served and is no API: pages, the SDK, the reference itself, and the look whether anybody is there. */
const pages = [
  ...['get /checkout', 'get /checkout/return', 'get /checkout/cancelled'],
  ...['get /checkout/state', 'post /checkout/cancelled', 'get /checkout/test-payment'],
  ...['get /checkout/test-payments/{id}', 'post /checkout/test-payments/{id}'],
  ...['get /assets/sdk.js', 'get /', 'get /account', 'get /account/{path}'],
  ...['get /partner', 'get /partner/{path}', 'get /logos/{file}'],
  ...['get /openapi.json', 'head /'],
]

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(description))
    expect(result.errors).toBeUndefined()
    expect(result.valid).toBe(true)
  })

  it('shows a body that can be sent for each call of a model', () => {
    for (const { path, body, example } of operations.filter(({ group, body }) => group === 'AI calls' && body)) {
      expect(body?.safeParse(example), path).toMatchObject({ success: true })
      expect(description).toHaveProperty(
        ['paths', path, 'post', 'requestBody', 'content', 'application/json', 'example'],
        example,
      )
    }
  })

  it('has every route that the server has, and no other', () => {
    const served = routesOfApp()
      .map(({ method, spellings }) => `${method} ${spellings[0]}`)
      .filter((route) => !pages.includes(route))
    expect(served.toSorted()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).toSorted())
  })

  it('leaves out only spellings of a described path with a /v1 too many or too few', () => {
    for (const { spellings } of routesOfApp()) {
      const [right = '', ...wrong] = spellings
      for (const one of wrong) expect([right.replace(/^\/v1/, ''), `/v1${right}`]).toContain(one)
    }
  })

  it('gives each operation an id of its own', () => {
    const ids = [...JSON.stringify(description).matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id)
    expect(ids).toHaveLength(operations.length)
    expect(new Set(ids).size).toBe(operations.length)
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
        '/v1/login/consent': {
          post: {
            requestBody: { content: { 'application/json': { schema: { properties: { budget: expect.anything() } } } } },
          },
        },
      },
    })
  })

  it('says of every operation what a good answer is like, but for those in another company’s format', () => {
    const open = operations.filter(({ answer, status, answersInText }) => !answer && !answersInText && status !== 204)
    expect(open.map(({ path }) => path)).toEqual([
      ...['/v1/chat/completions', '/v1/responses', '/v1/embeddings', '/v1/messages'],
    ])
  })
})
