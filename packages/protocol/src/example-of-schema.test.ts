import { describe, expect, it } from 'vitest'
import { exampleOfSchema } from './example-of-schema.ts'

describe('exampleOfSchema', () => {
  it.each([
    ['a word', { type: 'string' }, 'example'],
    ['a word of a length', { type: 'string', minLength: 9, maxLength: 9 }, 'examplexx'],
    ['a short word', { type: 'string', maxLength: 2 }, 'ex'],
    ['a form of word', { type: 'string', format: 'uuid' }, '00000000-0000-4000-8000-000000000000'],
    ['the first choice', { enum: ['b', 'a'] }, 'b'],
    ['the only choice', { const: 3 }, 3],
    ['a number', { type: 'number' }, 1],
    ['a number from 5 on', { type: 'integer', minimum: 5 }, 5],
    ['a number above 5', { type: 'integer', exclusiveMinimum: 5 }, 6],
    ['a number up to 0', { type: 'integer', maximum: 0 }, 0],
    ['a number below 1', { type: 'integer', exclusiveMaximum: 1 }, 0],
    ['a multiple', { type: 'integer', minimum: 7, multipleOf: 5 }, 10],
    ['a list', { type: 'array', items: { type: 'boolean' } }, [true]],
    ['a list of three', { type: 'array', minItems: 3, items: { type: 'null' } }, [null, null, null]],
    ['an empty list', { type: 'array', maxItems: 0, items: {} }, []],
    ['a pair', { prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false }, ['example', 1]],
    ['nullable', { type: ['string', 'null'] }, 'example'],
    ['any of', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, 1],
    ['one of', { oneOf: [{ const: 'x' }] }, 'x'],
    ['nothing said', {}, {}],
    ['no schema', undefined, {}],
  ])('makes %s', (_label, schema, expected) => expect(exampleOfSchema(schema)).toEqual(expected))

  it('fills all properties, follows references and joins allOf', () => {
    const schema = {
      type: 'object',
      properties: { city: { $ref: '#/$defs/City' }, days: { type: 'integer' } },
      required: ['city'],
      $defs: {
        Named: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
        City: { allOf: [{ $ref: '#/$defs/Named' }, { type: 'object', properties: { zip: { type: 'string' } } }] },
      },
    }
    expect(exampleOfSchema(schema)).toEqual({ city: { name: 'example', zip: 'example' }, days: 1 })
  })

  it('ends a recursive schema where it may end', () => {
    const node = { type: 'object', properties: { name: { type: 'string' }, next: { $ref: '#' } }, required: ['name'] }
    const depth = JSON.stringify(exampleOfSchema(node)).split('"name"').length
    expect([depth > 2, depth < 10]).toEqual([true, true])
    const children = { type: 'array', items: { $ref: '#' } }
    const tree = { type: 'object', properties: { children }, required: ['children'] }
    expect(JSON.stringify(exampleOfSchema(tree))).toMatch(/^(\{"children":\[)+\](\}\])*\}$/)
  })

  it.each([
    ['refers to itself', { $ref: '#' }],
    ['grows in all directions', { type: 'object', properties: many({ $ref: '#' }), required: Object.keys(many(0)) }],
    ['asks for a billion items', { type: 'array', minItems: 1e9, items: { type: 'array', minItems: 1e9 } }],
    ['asks for a billion letters', { type: 'string', minLength: 1e9 }],
  ])('stays small for a schema that %s', (_label, schema) => {
    expect(JSON.stringify(exampleOfSchema(schema)).length).toBeLessThan(2_000_000)
  })
})

describe('what a schema costs', () => {
  const names = Array.from({ length: 60_000 }, (_, index) => `p${index}`)
  const wide = { properties: Object.fromEntries(names.map((name) => [name, true])), required: names }
  it.each([
    ['has a long text a thousand times', { type: 'array', minItems: 1e3, items: { const: 'x'.repeat(600_000) } }],
    ['has a long choice a thousand times', { type: 'array', minItems: 1e3, items: { enum: ['x'.repeat(600_000)] } }],
    ['joins a long list again and again', { type: 'array', minItems: 1e3, items: { allOf: names.map(() => ({})) } }],
    ['refers far again and again', { type: 'array', minItems: 1e3, items: { $ref: `#${'/a'.repeat(100_000)}` } }],
    ['needs many properties deep down', nested(wide, 10)],
    ['has many properties again and again', { type: 'array', minItems: 1e3, items: wide }],
  ])('stays little where it %s', (_label, schema) => {
    const startedAtMs = performance.now()
    expect(JSON.stringify(exampleOfSchema(schema)).length).toBeLessThan(2_000_000)
    expect(performance.now() - startedAtMs).toBeLessThan(1_500)
  })
})

function nested(schema: object, depth: number): object {
  return depth === 0 ? schema : { properties: { a: nested(schema, depth - 1) }, required: ['a'] }
}

function many(value: unknown): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, value]))
}
