import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitAtArray } from './split-array.ts'

const split = async (text: string) => {
  const { rest, elements } = await splitAtArray(Buffer.from(text), 'requests')
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

  it('leaves it to the parser what is no JSON', async () => {
    for (const text of ['{"requests":[1,]}', '{"requests":[{]}', '{"requests":[1]', '{"requests":[1 2]}x'])
      await expect(split(text), text).rejects.toThrow(/JSON|required/)
  })
})
