import type { CheckoutAppConfig } from '@opencredits/protocol'

/** What the server has written into the page; null where it has not. */
export function readConfig(): CheckoutAppConfig | null {
  return JSON.parse(document.getElementById('opencredits-config')?.textContent ?? 'null')
}
