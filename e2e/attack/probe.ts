import { Agent, get } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/**
 * Another client, in a thread of its own so that nothing else delays it: asks for the server's health all the time, and
 * tells how long each answer took.
 */
const url: unknown = workerData
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function ask(): Promise<number> {
  const startedAtMs = performance.now()
  return new Promise((resolve, reject) => {
    get(`${url}/v1/health/live`, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`the health is ${response.statusCode}`))
      response.resume().once('end', () => resolve(performance.now() - startedAtMs))
    }).once('error', reject)
  })
}

for (;;) {
  parentPort?.postMessage(await ask())
  await new Promise((wait) => setTimeout(wait, 25))
}
