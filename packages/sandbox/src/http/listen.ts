import { once } from 'node:events'
import type { Server } from 'node:http'

/** @returns the port that it got. @throws when the address is taken. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** Cuts what is still open: whoever closes the sandbox waits for nothing in it. */
export function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((closed) => server.close(() => closed()))
}
