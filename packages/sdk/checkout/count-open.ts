/** The day on which this page told of an opening, by app. */
const told = new Map<string, string>()

/**
 * Tells the server that a user sees the checkout, once a browser and UTC day, so that whoever opens it again or reloads the
 * page is not counted as another. Where the browser keeps nothing for the frame, it is once a day as long as the page stands.
 */
export function countOpen(publishableKey: string): void {
  const day = new Date().toISOString().slice(0, 10)
  const name = `opencredits-opened ${publishableKey}`
  try {
    told.set(name, localStorage.getItem(name) ?? told.get(name) ?? '')
    localStorage.setItem(name, day)
  } catch {
    // Some browsers throw where a frame may store nothing.
  }
  if (told.get(name) === day) return
  told.set(name, day)
  const body = new Blob([JSON.stringify({ publishable_key: publishableKey })], { type: 'application/json' })
  navigator.sendBeacon('/v1/checkout/opens', body)
}
