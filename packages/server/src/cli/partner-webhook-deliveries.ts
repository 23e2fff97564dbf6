import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { transact } from '../store/transact.ts'
import { listDeliveries, readDelivery } from '../webhooks/list-deliveries.ts'
import { listEvents } from '../webhooks/list-events.ts'
import { pingEndpoint, replayMissed, retryDelivery } from '../webhooks/requeue-deliveries.ts'
import { requirePartner, testOption } from './require-partner.ts'
import { byCommand, endpointArgument, partnerArgument, readEventType, readWhole } from './webhook-arguments.ts'
import { print, withStore } from './with-store.ts'

const limitOption = () => new Option('--limit <number>', 'how many, 1 to 200').argParser(readWhole(1, 200)).default(20)

export function pingCommand() {
  return new Command('ping')
    .description('send a test to an endpoint')
    .addArgument(partnerArgument())
    .addArgument(endpointArgument())
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, endpointId, { test, json }) => {
      const eventId = await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        return transact(store.db, (transaction) => pingEndpoint(transaction, { endpointId, partnerId }, store.nowMs))
      })
      print(json, { event_id: eventId }, [`${eventId} is sent by the server within a second.`])
    })
}

export function eventsCommand() {
  return new Command('events')
    .description('an app’s newest events')
    .addArgument(partnerArgument())
    .addOption(new Option('--type <type>', 'only these').argParser(readEventType))
    .addOption(limitOption())
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, { type, limit, test, json }) => {
      const { data } = await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        return listEvents(store, partnerId, { type, limit, after: null })
      })
      const lines = data.map((event) => `${event.timestamp}  ${event.id}  ${event.type}  ${JSON.stringify(event.data)}`)
      print(json, data, lines.length === 0 ? ['There is no event.'] : lines)
    })
}

export function deliveriesCommand() {
  return new Command('deliveries')
    .description('an app’s newest deliveries and how each attempt ended')
    .addArgument(partnerArgument())
    .option('--endpoint <id>', 'only those to this endpoint, whe_…')
    .addOption(new Option('--state <state>').choices(['pending', 'delivered', 'failed', 'skipped'] as const))
    .addOption(limitOption())
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, { endpoint, state, limit, test, json }) => {
      const { data } = await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        return listDeliveries(store.db, partnerId, { endpoint, state, limit, after: null })
      })
      const lines = data.map(
        (one) =>
          `${one.id}  ${one.event_type ?? ''}  ${one.state}  ${one.attempts.length} attempts  ${one.last_error ?? ''}`,
      )
      print(json, data, lines.length === 0 ? ['There is no delivery.'] : lines)
    })
}

export function retryCommand() {
  return new Command('retry')
    .description('send one delivery again, now')
    .addArgument(partnerArgument())
    .argument('<delivery>', 'whd_…')
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, deliveryId, { test, json }) => {
      const delivery = await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        await transact(store.db, (transaction) => retryDelivery(transaction, { deliveryId, partnerId }, store.nowMs))
        return readDelivery(store, { deliveryId, partnerId })
      })
      print(json, delivery, [`${deliveryId} is sent by the server within a second.`])
    })
}

export function replayCommand() {
  return new Command('replay')
    .description('send again what an endpoint has missed, failed or skipped')
    .addArgument(partnerArgument())
    .addArgument(endpointArgument())
    .requiredOption('--since <time>', 'events of that moment and later, such as 2026-11-20T08:00Z', readTime)
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, endpointId, { since: sinceMs, test, json }) => {
      const replayed = await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        const replay = { endpointId, partnerId, sinceMs, by: byCommand }
        return transact(store.db, (transaction) => replayMissed(transaction, replay, store.nowMs))
      })
      print(json, { replayed }, [`${replayed} deliveries are sent again.`])
    })
}

function readTime(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Expected a time such as 2026-11-20T08:00Z.')
  return ms
}
