import { Command, Option } from '@commander-js/extra-typings'
import { transact } from '../store/transact.ts'
import { type WebhookEventType, webhookEventTypes } from '../webhook-events/event-data.ts'
import { createUrlCheck } from '../webhooks/check-url.ts'
import { describeEndpoint } from '../webhooks/describe-endpoint.ts'
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  type EndpointWithSecret,
  listEndpoints,
  rollSecret,
} from '../webhooks/manage-endpoints.ts'
import {
  deliveriesCommand,
  eventsCommand,
  pingCommand,
  replayCommand,
  retryCommand,
} from './partner-webhook-deliveries.ts'
import { requirePartner, testOption } from './require-partner.ts'
import { byCommand as by, endpointArgument, partnerArgument, readEventType, readWhole } from './webhook-arguments.ts'
import { type CommandStore, print, withStore } from './with-store.ts'

export function partnerWebhooksCommand() {
  return new Command('webhooks')
    .description('where an app’s events are sent to, and what became of them')
    .addCommand(listCommand())
    .addCommand(createCommand())
    .addCommand(updateCommand())
    .addCommand(rollCommand())
    .addCommand(deleteCommand())
    .addCommand(pingCommand())
    .addCommand(eventsCommand())
    .addCommand(deliveriesCommand())
    .addCommand(retryCommand())
    .addCommand(replayCommand())
}

function listCommand() {
  return new Command('list')
    .description('an app’s endpoints, the oldest first')
    .addArgument(partnerArgument())
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, { test, json }) => {
      const rows = await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        const endpoints = await listEndpoints(store.db, partnerId)
        return endpoints.map((row) => describeEndpoint(row, store.nowMs))
      })
      print(json, rows, rows.length === 0 ? ['There is no endpoint yet.'] : rows.map(lineOf))
    })
}

function createCommand() {
  return new Command('create')
    .description('add an endpoint; its secret is shown once')
    .addArgument(partnerArgument())
    .requiredOption('--url <url>', 'https://…')
    .addOption(eventOption())
    .option('--description <text>', 'for you')
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, { url, event: events = null, description = null, test, json }) => {
      const shown = await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        const endpoint = { url: await checkUrl(store, url), description, events }
        const creation = { partnerId, endpoint, pepper: store.pepper, by }
        return showSecret(
          store,
          await transact(store.db, (transaction) => createEndpoint(transaction, creation, store.nowMs)),
        )
      })
      print(json, shown, [lineOf(shown), `secret  ${shown.secret}   (shown only now)`])
    })
}

function updateCommand() {
  return new Command('update')
    .description('change an endpoint; enabling it starts anew')
    .addArgument(partnerArgument())
    .addArgument(endpointArgument())
    .option('--url <url>', 'https://…')
    .addOption(eventOption())
    .option('--all-events', 'all types, those of later versions too')
    .option('--description <text>', 'for you')
    .addOption(new Option('--enabled <yes|no>', 'whether events are sent to it').choices(['yes', 'no']))
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, endpointId, { url, event, allEvents, description, enabled, test, json }) => {
      const shown = await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        const changes = {
          ...(url === undefined ? {} : { url: await checkUrl(store, url) }),
          ...(allEvents === true ? { events: null } : event === undefined ? {} : { events: event }),
          ...(description === undefined ? {} : { description }),
          ...(enabled === undefined ? {} : { enabled: enabled === 'yes' }),
        }
        const change = { endpointId, partnerId, changes, by }
        const row = await transact(store.db, (transaction) => changeEndpoint(transaction, change, store.nowMs))
        return describeEndpoint(row, store.nowMs)
      })
      print(json, shown, [lineOf(shown)])
    })
}

function rollCommand() {
  return new Command('roll')
    .description('give an endpoint a new secret, which is shown once')
    .addArgument(partnerArgument())
    .addArgument(endpointArgument())
    .option('--grace-seconds <seconds>', 'how long the old one signs as well, 0 to 86400', readWhole(0, 86_400), 0)
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, endpointId, { graceSeconds, test, json }) => {
      const shown = await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        const roll = { endpointId, partnerId, graceSeconds, pepper: store.pepper, by }
        return showSecret(store, await transact(store.db, (transaction) => rollSecret(transaction, roll, store.nowMs)))
      })
      print(json, shown, [lineOf(shown), `secret  ${shown.secret}   (shown only now)`])
    })
}

function deleteCommand() {
  return new Command('delete')
    .description('delete an endpoint with its deliveries')
    .addArgument(partnerArgument())
    .addArgument(endpointArgument())
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (appId, endpointId, { test, json }) => {
      await withStore(async (store) => {
        const { id: partnerId } = await requirePartner(store, appId, { test })
        const deletion = { endpointId, partnerId, by }
        return transact(store.db, (transaction) => deleteEndpoint(transaction, deletion, store.nowMs))
      })
      print(json, { id: endpointId, deleted: true }, [`${endpointId} is deleted.`])
    })
}

function eventOption() {
  return new Option(
    '--event <type>',
    `a type that it gets; repeat for several; default all: ${webhookEventTypes.join(', ')}`,
  ).argParser(collectEvent)
}

function collectEvent(text: string, before: WebhookEventType[] | undefined): WebhookEventType[] {
  return [...(before ?? []), readEventType(text)]
}

function checkUrl(store: CommandStore, url: string): Promise<string> {
  return createUrlCheck({ allowsPrivate: store.allowsPrivateWebhooks })(url)
}

function showSecret(store: CommandStore, { endpoint, secret }: EndpointWithSecret) {
  return { ...describeEndpoint(endpoint, store.nowMs), secret }
}

function lineOf(endpoint: ReturnType<typeof describeEndpoint>): string {
  const types = endpoint.events === null ? 'all events' : endpoint.events.join(', ')
  const state = endpoint.enabled ? 'enabled' : `disabled (${endpoint.disabled_reason})`
  return `${endpoint.id}  ${state}  ${endpoint.url}  ${types}`
}
