import { expect, it } from 'vitest'
import { describeDevice } from './describe-device.ts'

it('names the browser, and says nothing where a header is a sentence or a link', () => {
  const safari =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18.0 '
  expect(describeDevice(`${safari}Mobile/15E148 Safari/604.1`)).toBe('Safari on iOS')
  for (const said of [
    'Confirm at http://evil.example/1 ',
    'Account locked, see evil.example/1 ',
    '<b>Your account ends today</b>/1 ',
    `${'word '.repeat(3000)}/1 `,
    '',
  ])
    expect(describeDevice(said)).toBeNull()
})
