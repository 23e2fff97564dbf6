import {
  type FrameMessage,
  type PageMessage,
  parseHandshake,
  parsePageMessage,
  protocolVersion,
} from '@opencredits/protocol'

export interface PageChannel {
  send(message: FrameMessage): void
}

/**
 * The frame's end of the protocol. `ready` is posted to the one origin that the server vouches for: a page that lied
 * about its origin never gets it. The port is taken only from that origin's window, our parent.
 */
export function connectPage(parentOrigin: string, onMessage: (message: PageMessage) => void): PageChannel {
  let port: MessagePort | null = null
  addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== parentOrigin || parseHandshake(event.data)?.type !== 'connect')
      return
    const [given] = event.ports
    if (given === undefined) return
    port?.close()
    port = given
    port.onmessage = ({ data }) => {
      const message = parsePageMessage(data)
      if (message !== null) onMessage(message)
    }
  })
  parent.postMessage({ opencredits: protocolVersion, type: 'ready' }, parentOrigin)
  return { send: (message) => port?.postMessage(message) }
}
