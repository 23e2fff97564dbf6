import { describe, expect, it } from 'vitest'
import { type Body, outcomeOf } from '../test-refusals.ts'
import { parseRequest } from './parse-request.ts'

const outcome = (more: Body) => outcomeOf(parseRequest, { ...{ model: 'm', input: 'Hi' }, ...more })

describe('what a body of Embeddings may hold', () => {
  it.each<[Body, string, string]>([[{ task_type: 'query' }, "Unknown parameter: 'task_type'.", 'task_type']])(
    'refuses %j by name',
    (more, message, param) => {
      expect(outcome(more)).toMatchObject({ param, message: expect.stringContaining(message) })
    },
  )

  it.each<Body>([{ dimensions: 3, encoding_format: 'base64', user: 'u' }])('passes %j', (more) => {
    expect(outcome(more)).toBe('passes')
  })
})
