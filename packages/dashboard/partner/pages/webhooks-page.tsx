import type { AppPageProps } from '../app/app-page-props.ts'
import { DeliveryList } from './webhooks/delivery-list.tsx'
import { DeliveryStory } from './webhooks/delivery-story.tsx'
import { EndpointList } from './webhooks/endpoint-list.tsx'
import { EndpointStory } from './webhooks/endpoint-story.tsx'
import { EventList } from './webhooks/event-list.tsx'
import { NewEndpoint } from './webhooks/new-endpoint.tsx'

/** Where events are sent to, what was sent, and what happened. */
export function WebhooksPage({ rest: [first, second] }: AppPageProps) {
  if (first === undefined) return <EndpointList />
  if (first === 'new') return <NewEndpoint />
  if (first === 'events') return <EventList />
  if (first !== 'deliveries') return <EndpointStory key={first} id={first} />
  return second === undefined ? <DeliveryList /> : <DeliveryStory key={second} id={second} />
}
