import {
  type FrameMessage,
  type PageMessage,
  parsePageMessage,
  protocolOfConnect,
  readyMessage,
} from '@opencredits/protocol'

export interface PageChannel {
  send(message: FrameMessage): void
  /** Which version of the protocol the page's `sdk.js` speaks. */
  readonly protocol: number
}

/**
 * The frame's end of the protocol. `ready` is posted to the one origin that the server vouches for: a page that lied
 * about its origin never gets it. The port is taken only from that origin's window, our parent.
 */
export function connectPage(parentOrigin: string, onMessage: (message: PageMessage) => void): PageChannel {
  let port: MessagePort | null = null
  let protocol = 1
  addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== parentOrigin) return
    const spoken = protocolOfConnect(event.data)
    const [given] = event.ports
    if (spoken === null || given === undefined) return
    protocol = spoken
    port?.close()
    port = given
    port.onmessage = ({ data }) => {
      const message = parsePageMessage(data)
      if (message !== null) onMessage(message)
    }
  })
  parent.postMessage(readyMessage, parentOrigin)
  return {
    get protocol() {
      return protocol
    },
    send: (message) => port?.postMessage(message),
  }
}
