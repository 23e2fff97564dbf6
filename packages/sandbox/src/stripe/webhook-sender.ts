import { setTimeout as wait } from 'node:timers/promises'
import { makeEvent } from './make-event.ts'
import { sendWebhook } from './send-webhook.ts'
import { signEvent } from './sign-event.ts'
import {
  type EndpointObject,
  type EventObject,
  nowSeconds,
  type StripeObject,
  type StripeState,
} from './stripe-state.ts'

/** How deliveries go wrong on purpose. */
export interface WebhookShape {
  /** Every delivery waits so long. Default 0. */
  readonly delayMs?: number
  /** Every event is delivered so often. Default 1. */
  readonly copies?: number
  /** So many copies at once. Default 0: all. */
  readonly together?: number
  /** Events that come within so many milliseconds go out one after the other, newest first. Default 0: as they come. */
  readonly reorderWithinMs?: number
}

export interface Delivery {
  readonly eventId: string
  readonly type: string
  readonly url: string
  /** What the receiver answered; 0 when it did not. */
  readonly status: number
  readonly atMs: number
}

export type ReleaseOrder = 'oldest_first' | 'newest_first'

export interface WebhookSender {
  /** Makes an event of what an object looks like now, and delivers it. */
  emit(type: string, object: StripeObject): void
  /** Delivers an event once to each receiver, with this signature if one is given. @returns the statuses. */
  deliver(event: EventObject, signature?: string): Promise<readonly number[]>
  hold(): void
  /** @returns when each event that was held has been tried once, one after the other. */
  release(order?: ReleaseOrder): Promise<void>
  /** Forgets events altogether: the receiver has to ask. */
  drop(isDropping: boolean): void
  shape(shape: WebhookShape): void
  /** @returns when nothing is on its way and nothing waits for another try. Held events do not count. */
  idle(): Promise<void>
  setUrl(url: string): void
  readonly deliveries: readonly Delivery[]
  close(): void
}

interface Receiver {
  readonly secret: string
  /** Asked at each try: the address may be set, and an endpoint deleted, after the event. */
  url(): string | null
}

const deliveriesKeptMax = 10_000
const asItComes = { delayMs: 0, copies: 1, together: 0, reorderWithinMs: 0 }

/** Signs as Stripe does and tries again until the receiver answers with 2xx. */
export function createWebhookSender(
  state: StripeState,
  secret: string,
  retryDelaysMs: readonly number[],
): WebhookSender {
  const closing = new AbortController()
  const underWay = new Set<Promise<void>>()
  const deliveries: Delivery[] = []
  const gathered: EventObject[] = []
  const held: EventObject[] = []
  let url: string | null = null
  let isDropping = false
  let isHolding = false
  let shape: Required<WebhookShape> = asItComes

  const pause = (delayMs: number) => wait(delayMs, undefined, { signal: closing.signal })
  const track = (work: Promise<void>): void => {
    // Only closing the sandbox ends this work early, and then nobody waits for it.
    const tracked = work.catch(() => {}).finally(() => underWay.delete(tracked))
    underWay.add(tracked)
  }
  const receiversOf = (type: string): readonly Receiver[] => [
    { secret, url: () => url },
    ...[...state.endpoints.values()].filter((endpoint) => wants(endpoint, type)).map(receiverOf),
  ]
  const receiverOf = (endpoint: EndpointObject): Receiver => ({
    secret: endpoint.secret,
    url: () => (state.endpoints.has(endpoint.id) ? endpoint.url : null),
  })

  const send = async (event: EventObject, receiver: Receiver, signature?: string): Promise<number> => {
    const address = receiver.url()
    if (address === null) return 0
    const body = JSON.stringify(event)
    const header = signature ?? signEvent(body, [receiver.secret], nowSeconds())
    const status = await sendWebhook(address, body, header, closing.signal)
    deliveries.push({ eventId: event.id, type: event.type, url: address, status, atMs: Date.now() })
    if (deliveries.length > deliveriesKeptMax) deliveries.shift()
    return status
  }
  /** @returns when the first try is over; the others go on by themselves. */
  const sendUntilTaken = async (event: EventObject, receiver: Receiver): Promise<void> => {
    if (!isTaken(await send(event, receiver))) track(sendAgain(event, receiver))
  }
  const sendAgain = async (event: EventObject, receiver: Receiver): Promise<void> => {
    for (const delayMs of retryDelaysMs) {
      await pause(delayMs)
      if (isTaken(await send(event, receiver))) return
    }
  }
  const dispatch = async (event: EventObject): Promise<void> => {
    const { delayMs, copies } = shape
    const together = shape.together > 0 ? shape.together : copies
    if (delayMs > 0) await pause(delayMs)
    for (let sent = 0; sent < copies; sent += together) {
      const count = Math.min(together, copies - sent)
      const batch = Array.from({ length: count }, () => receiversOf(event.type)).flat()
      await Promise.all(batch.map((receiver) => sendUntilTaken(event, receiver)))
    }
  }
  const dispatchInOrder = async (events: readonly EventObject[]): Promise<void> => {
    for (const event of events) await dispatch(event)
  }
  const gather = async (): Promise<void> => {
    await pause(shape.reorderWithinMs)
    await dispatchInOrder(gathered.splice(0).reverse())
  }

  return {
    emit(type, object) {
      const event = makeEvent(type, object)
      state.events.push(event)
      if (isDropping) return
      if (isHolding) held.push(event)
      else if (shape.reorderWithinMs === 0) track(dispatch(event))
      else if (gathered.push(event) === 1) track(gather())
    },
    async deliver(event, signature) {
      const receivers = receiversOf(event.type).filter((receiver) => receiver.url() !== null)
      return Promise.all(receivers.map((receiver) => send(event, receiver, signature)))
    },
    hold() {
      isHolding = true
    },
    async release(order = 'oldest_first') {
      isHolding = false
      const events = held.splice(0)
      await dispatchInOrder(order === 'newest_first' ? events.reverse() : events)
    },
    drop(value) {
      isDropping = value
    },
    shape(value) {
      shape = { ...asItComes, ...value }
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    setUrl(value) {
      url = value
    },
    deliveries,
    close() {
      closing.abort()
    },
  }
}

function wants({ status, enabled_events: types }: EndpointObject, type: string): boolean {
  return status === 'enabled' && (types.includes('*') || types.includes(type))
}

function isTaken(status: number): boolean {
  return status >= 200 && status < 300
}
