import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectLinear } from '../kernel/test-cpu-time.ts'
import { depthMax, JsonStructure, nodesMax } from './json-structure.ts'

/** Follows a body that comes in parts of these sizes, again and again. */
function follow(body: Buffer | string, partSizes: readonly number[] = [1_000_000_000]): JsonStructure {
  const bytes = Buffer.from(body)
  const structure = new JsonStructure()
  for (let start = 0, part = 0; start < bytes.length; part += 1) {
    const end = Math.min(bytes.length, start + (partSizes[part % partSizes.length] ?? 1))
    structure.follow(bytes.subarray(0, end), start)
    start = end
  }
  return structure
}

function refusal(body: string, partSizes?: readonly number[]): string | null {
  try {
    follow(body, partSizes)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : null
  }
}

function depthOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
}

function nodesOf(value: unknown): number {
  const inner: unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : []
  return inner.reduce<number>((sum, one) => sum + nodesOf(one), 1)
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 })
/** Strings with what makes strings hard to skip, some longer than what is walked through. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', '\\', 'a', '{', ']', ',', ':', 'é', '💥'), maxLength: 150 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 6 }),
  object: fc.dictionary(fc.oneof(text, fc.constantFrom('model', 'stream')), tie('value'), { maxKeys: 6 }),
}))

describe('JsonStructure', () => {
  it('finds the values of any body, however it comes in parts', () =>
    fc.assert(
      fc.property(json.value, sizes, fc.constantFrom(0, 2), (value, partSizes, indent) => {
        const structure = follow(JSON.stringify(value, null, indent), partSizes)
        expect(structure.nodes).toBeGreaterThanOrEqual(nodesOf(value))
        expect(structure.nodes).toBeLessThanOrEqual(2 * nodesOf(value))
      }),
    ))

  it('finds the model and the stream flag of any object', () =>
    fc.assert(
      fc.property(json.object, sizes, (value, partSizes) => {
        const body = Buffer.from(JSON.stringify(value))
        const structure = follow(body, partSizes)
        for (const name of ['model', 'stream'] as const) {
          const range = structure[name]
          const found = range === null ? undefined : JSON.parse(body.toString('utf8', range.start, range.end))
          expect(found).toEqual(Object.hasOwn(value as object, name) ? JSON.parse(body.toString())[name] : undefined)
        }
      }),
    ))

  it('takes the last of two members with one name, as the parser does', () => {
    const body = '{"model":"a","x":{"model":"b"},"model" : "c" ,"y":["model",":"]}'
    const { start = 0, end = 0 } = follow(body).model ?? {}
    expect(JSON.parse(body.slice(start, end))).toBe(JSON.parse(body).model)
  })

  it.each([
    ['as deep as is allowed', nested(depthMax), null],
    ['one deeper', nested(depthMax + 1), `The body is nested too deep: ${depthMax} levels are allowed.`],
    [
      'objects that deep',
      `${'{"a":'.repeat(depthMax + 1)}1${'}'.repeat(depthMax + 1)}`,
      expect.stringContaining('deep'),
    ],
    ['brackets in a string', JSON.stringify({ a: nested(1_000), b: `\\"${'{'.repeat(200)}` }), null],
    ['as many values as are allowed', `[${'1,'.repeat(nodesMax - 3)}1]`, null],
    ['more', `[${'1,'.repeat(nodesMax)}1]`, `The body has too many values: ${nodesMax} are allowed.`],
    ['empty lists', `[${'[],'.repeat(nodesMax / 2)}1]`, expect.stringContaining('too many values')],
    ['commas in a string', JSON.stringify(','.repeat(nodesMax * 2)), null],
    ['nothing', '', null],
    ['no JSON', '}}}]]],,"', null],
  ])('%s', (_label, body, message) => {
    expect(refusal(body)).toEqual(message)
    expect(refusal(body, [7, 1, 4096])).toEqual(message)
  })

  it('agrees with the parser on what is deep', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 * depthMax }), json.value, (depth, inner) => {
        const body = `${'['.repeat(depth)}${JSON.stringify(inner)}${']'.repeat(depth)}`
        expect(refusal(body) === null).toBe(depthOf(JSON.parse(body)) <= depthMax)
      }),
    ))

  it.each([
    ['brackets', (length: number) => '[]'.repeat(Math.min(length / 2, 90_000)).padEnd(length, '1')],
    ['escaped quotes', (length: number) => `"${'\\"'.repeat(length / 2)}`],
    ['backslashes', (length: number) => `"${'\\'.repeat(length)}`],
    ['long strings', (length: number) => `"${'x'.repeat(60)}"`.repeat(length / 62)],
    ['white space', (length: number) => ' '.repeat(length)],
  ])(
    'takes time with the length of %s, not with its square, in small parts too',
    (_label, make) => {
      expectLinear((length) => {
        const body = make(length)
        return () => void follow(body, [64])
      }, 300_000)
    },
    60_000,
  )
})
