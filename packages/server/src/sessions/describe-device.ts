import Bowser from 'bowser'

/** A name, and no sentence or link: it stands in mails, and whoever sends the header may write anything. */
const nameForm = /^[\w+-]+( [\w+-]+){0,4}$/
const nameLengthMax = 40

/** A browser in words, such as "Chrome on macOS"; null when its `User-Agent` says nothing that is a name. */
export function describeDevice(userAgent: string | null): string | null {
  if (userAgent === null || userAgent === '') return null
  const { browser, os } = Bowser.parse(userAgent.slice(0, 300))
  const known = [browser.name, os.name].filter(isName)
  return known.length === 0 ? null : known.join(' on ')
}

function isName(name: string | undefined): name is string {
  return name !== undefined && name.length <= nameLengthMax && nameForm.test(name)
}
