import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/app-error.ts'
import { splitAtArray } from './split-array.ts'

const tooMany = (most: number) => new AppError('invalid_request', `at most ${most}`)
const requests = { member: 'requests', elementsMax: 1000, tooMany }

const split = async (text: string) => {
  const { rest, elements } = await splitAtArray(Buffer.from(text), requests)
  return { rest: JSON.parse(rest.toString()), elements: elements.map((element) => JSON.parse(element.toString())) }
}

describe('splitAtArray', () => {
  it('gives what parsing the whole gives, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), async (requests, rest) => {
        const whole = JSON.parse(JSON.stringify({ ...rest, requests }))
        const { requests: elements, ...others } = whole
        const spaced = JSON.stringify(whole, null, 1)
        expect(await split(spaced)).toEqual({ rest: { ...others, requests: [] }, elements })
      }),
    )
  })

  it('takes the outermost member alone', async () =>
    expect(await split('{"a":{"requests":[1]},"b":"requests\\":[","re\\u0071uests":[{"requests":[2]}, 3 ]}')).toEqual({
      rest: { a: { requests: [1] }, b: 'requests":[', requests: [] },
      elements: [{ requests: [2] }, 3],
    }))

  it('refuses an object without it, and one that has it twice', async () => {
    for (const text of ['{}', '[]', '{"requests":{"a":1}}', '{"requests":null}', ''])
      await expect(split(text), text).rejects.toThrow('requests: an array is required.')
    await expect(split('{"requests":[1],"requests":[2]}')).rejects.toThrow('requests: given twice.')
  })

  it('refuses too many elements before it has a view of each', async () => {
    const all = splitAtArray(Buffer.from(`{"requests":[${','.repeat(5_000)}]}`), { ...requests, elementsMax: 3 })
    await expect(all).rejects.toThrow('at most 3')
  })

  it('reads a name once, however many colons follow it', async () => {
    const startedAtMs = performance.now()
    await expect(split(`{"a"${':'.repeat(500_000)}`)).rejects.toThrow('requests: an array is required.')
    // Read anew at each colon, it took a minute, and nobody else had a turn.
    expect(performance.now() - startedAtMs).toBeLessThan(2_000)
  })

  it('leaves it to the parser what is no JSON', async () => {
    for (const text of ['{"requests":[1,]}', '{"requests":[{]}', '{"requests":[1]', '{"requests":[1 2]}x'])
      await expect(split(text), text).rejects.toThrow(/JSON|required/)
  })
})
