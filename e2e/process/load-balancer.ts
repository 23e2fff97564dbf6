import { setTimeout as wait } from 'node:timers/promises'

/** How often the servers are asked for their health. */
const intervalMs = 100

/**
 * What stands in front of several servers, in little, as the Caddyfile of `docs/operations` does it: it asks each for its
 * health every so often, sends requests in turn to those that are well, and never sends one a second time.
 */
export function createBalancer(urls: readonly string[]) {
  const well = new Set(urls)
  let turn = 0
  let withoutOne = 0
  let isOver = false
  const watch = async (url: string) => {
    while (!isOver) {
      const isWell = await fetch(`${url}/v1/health`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (isWell) well.add(url)
      else well.delete(url)
      await wait(intervalMs)
    }
  }
  const watching = Promise.all(urls.map(watch))
  return {
    /** Requests that went out while not all servers were well. */
    withoutOne: () => withoutOne,
    isWell: (url: string) => well.has(url),
    async send(path: string, key: string, body: object): Promise<{ readonly status: number; readonly text: string }> {
      turn += 1
      if (well.size < urls.length) withoutOne += 1
      const response = await fetch(`${[...well][turn % well.size]}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-user-key': key },
        body: JSON.stringify(body),
      })
      return { status: response.status, text: await response.text() }
    },
    async close() {
      isOver = true
      await watching
    },
  }
}
