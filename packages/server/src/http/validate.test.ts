import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { validate } from './validate.ts'

const schema = z.object({
  name: z.string().max(3).optional(),
  count: z.number().int().min(1).max(5).optional(),
  price: z.number().positive().optional(),
  mode: z.enum(['fast', 'slow']).optional(),
  exact: z.literal(true).optional(),
  list: z.array(z.string()).min(1).max(2).optional(),
  nested: z.strictObject({ known: z.boolean() }).optional(),
  either: z.union([z.string(), z.array(z.object({ type: z.string() }))]).optional(),
  tagged: z
    .discriminatedUnion('type', [z.object({ type: z.literal('a') }), z.object({ type: z.literal('b') })])
    .optional(),
  email: z.email().optional(),
  own: z.string({ error: 'expected the oc_pk_… of your app' }).optional(),
  id: z.string(),
})

describe('validate', () => {
  it.each<[object, string, string]>([
    [{ id: undefined }, 'id', 'id: is missing; expected a string'],
    [{ name: 1 }, 'name', 'name: expected a string, got a number'],
    [{ name: null }, 'name', 'name: expected a string, got null'],
    [{ name: 'four' }, 'name', 'name: expected at most 3 characters'],
    [{ count: 1.5 }, 'count', 'count: expected a whole number, got a number with a fraction'],
    [{ count: 0 }, 'count', 'count: expected a number of at least 1'],
    [{ price: 0 }, 'price', 'price: expected a number above 0'],
    [{ mode: 'secret words' }, 'mode', 'mode: expected one of "fast", "slow"'],
    [{ exact: false }, 'exact', 'exact: expected true'],
    [{ list: [] }, 'list', 'list: expected at least 1 item'],
    [{ list: ['a', {}] }, 'list[1]', 'list[1]: expected a string, got an object'],
    [{ nested: { known: 'yes' } }, 'nested.known', 'nested.known: expected true or false, got a string'],
    [
      { nested: { known: true, other: 1 } },
      'nested.other',
      'nested.other: is not a field of this request; leave it out, or check its spelling',
    ],
    [{ either: 7 }, 'either', 'either: expected a string or a list, got a number'],
    [{ either: [{ type: 7 }] }, 'either[0].type', 'either[0].type: expected a string, got a number'],
    [
      { tagged: { type: 'c' } },
      'tagged.type',
      'tagged.type: has a form that is not known here; see the API reference at /docs',
    ],
    [{ email: 'nobody' }, 'email', 'email: expected an e-mail address'],
    [{ own: 1 }, 'own', 'own: expected the oc_pk_… of your app'],
  ])('of %j names %s and says what was expected', (value, param, message) => {
    const check = () => validate(schema, { id: 'x', ...value })
    expect(check).toThrow(expect.objectContaining({ code: 'invalid_request', param, message }))
  })

  it('gives back what is right', () => expect(validate(schema, { id: 'x', count: 2 })).toEqual({ id: 'x', count: 2 }))
})
