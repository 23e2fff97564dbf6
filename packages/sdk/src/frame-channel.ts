import { connectMessage, type FrameMessage, isReady, type PageMessage, parseFrameMessage } from '@opencredits/protocol'

export interface FrameChannel {
  /** Kept until the frame is there. */
  send(message: PageMessage): void
  readonly isConnected: boolean
  /** The frame is loaded anew: what is sent waits for its next handshake. */
  disconnect(): void
}

/**
 * The page's end of the protocol. A `ready` counts only from the frame's origin and its very window; what follows goes
 * over a port that nobody else holds. A frame that loads anew shakes hands anew.
 */
export function connectFrame(
  frame: HTMLIFrameElement,
  origin: string,
  onMessage: (message: FrameMessage) => void,
): FrameChannel {
  let port: MessagePort | null = null
  let waiting: PageMessage[] = []
  const onWindowMessage = (event: MessageEvent) => {
    if (event.origin !== origin || event.source !== frame.contentWindow || frame.contentWindow === null) return
    if (!isReady(event.data)) return
    port?.close()
    const channel = new MessageChannel()
    port = channel.port1
    port.onmessage = ({ data }) => {
      const message = parseFrameMessage(data)
      if (message !== null) onMessage(message)
    }
    frame.contentWindow.postMessage(connectMessage, origin, [channel.port2])
    for (const message of waiting) port.postMessage(message)
    waiting = []
  }
  addEventListener('message', onWindowMessage)
  return {
    get isConnected() {
      return port !== null
    },
    send(message) {
      if (port === null) waiting = [...waiting.filter(({ type }) => type !== message.type), message]
      else port.postMessage(message)
    },
    disconnect() {
      port?.close()
      port = null
      waiting = []
    },
  }
}
