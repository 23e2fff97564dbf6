import { describe, expect, it, vi } from 'vitest'
import { connectFrame } from './frame-channel.ts'

const origin = 'https://credits.example'

function makeFrame() {
  const frame = document.createElement('iframe')
  const posted: { message: unknown; origin: string; port: MessagePort | undefined }[] = []
  const contentWindow = {
    postMessage: (message: unknown, target: string, ports?: MessagePort[]) =>
      posted.push({ message, origin: target, port: ports?.[0] }),
  }
  Object.defineProperty(frame, 'contentWindow', { value: contentWindow })
  const say = (data: unknown, from: unknown = contentWindow, at = origin) => {
    const event = new MessageEvent('message', { data, origin: at })
    Object.defineProperty(event, 'source', { value: from })
    window.dispatchEvent(event)
  }
  return { frame, posted, say }
}

const ready = { opencredits: 1, type: 'ready' }

describe('connectFrame', () => {
  it('shakes hands with the frame alone: its origin, its window, our version', () => {
    const { frame, posted, say } = makeFrame()
    const onMessage = vi.fn()
    const channel = connectFrame(frame, origin, onMessage)
    say(ready, window)
    say(ready, undefined, 'https://evil.example')
    say(ready, null)
    say({ ...ready, opencredits: 2 })
    say({ type: 'purchase_completed', userKey: 'oc_sk_forged' })
    say('ready')
    expect([posted, channel.isConnected]).toEqual([[], false])
    say(ready)
    expect(posted).toMatchObject([{ message: { opencredits: 1, type: 'connect', protocol: 2 }, origin }])
    expect(channel.isConnected).toBe(true)
    expect(onMessage).not.toHaveBeenCalled()
    channel.disconnect()
    expect(channel.isConnected).toBe(false)
  })

  it('keeps what is sent too early, drops what is no message, and takes messages from the port only', async () => {
    const { frame, posted, say } = makeFrame()
    const onMessage = vi.fn()
    const channel = connectFrame(frame, origin, onMessage)
    channel.send({ type: 'request_close' })
    say(ready)
    const port = posted[0]?.port
    const heard: unknown[] = []
    if (port !== undefined) port.onmessage = ({ data }) => heard.push(data)
    for (const none of [null, 'opened', { kind: 'opened' }, { type: 1 }]) port?.postMessage(none)
    port?.postMessage({ type: 'opened' })
    await vi.waitFor(() => expect(onMessage).toHaveBeenCalledTimes(1))
    expect(onMessage).toHaveBeenCalledWith({ type: 'opened' })
    await vi.waitFor(() => expect(heard).toEqual([{ type: 'request_close' }]))
    channel.disconnect()
  })
})
