import Bowser from 'bowser'

/** A browser in words, such as "Chrome on macOS"; null when its `User-Agent` says nothing. */
export function describeDevice(userAgent: string | null): string | null {
  if (userAgent === null || userAgent === '') return null
  const { browser, os } = Bowser.parse(userAgent)
  const known = [browser.name, os.name].filter((name) => name !== undefined && name !== '')
  return known.length === 0 ? null : known.join(' on ')
}
