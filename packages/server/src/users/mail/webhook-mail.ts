import { renderHtml, renderText } from './layout.ts'
import { oneLine } from './mail-locale.ts'
import type { Mail } from './mailer.ts'

export interface DisabledEndpoint {
  readonly id: string
  /** Its address may hold a token; its host does not. */
  readonly host: string
  readonly appName: string
  readonly reason: keyof typeof reasons
  /** Where members manage it. */
  readonly pageUrl: string
  readonly docsUrl: string
}

const reasons = {
  gone: 'It answered 410 Gone.',
  failed_events: 'It refused 20 events in a row for more than half an hour each.',
  nothing_delivered: 'Nothing could be delivered to it for three days.',
}

/** To the maker of an app. In English, as all that is for makers: the documentation is, too. */
export function composeWebhookMail(to: string, endpoint: DisabledEndpoint): Mail {
  const app = oneLine(endpoint.appName)
  const subject = `Webhooks to ${endpoint.host} have stopped`
  const page = {
    language: 'en',
    title: subject,
    hasHeading: true,
    blocks: [
      { kind: 'paragraph', text: `We have disabled a webhook endpoint of ${app}. ${reasons[endpoint.reason]}` },
      {
        kind: 'figures',
        rows: [
          ['App', app],
          ['Endpoint', endpoint.id],
          ['Host', endpoint.host],
        ],
      },
      {
        kind: 'paragraph',
        text: `Nothing is lost: events are kept for 30 days. Repair the endpoint, enable it, and replay what it has missed. More: ${endpoint.docsUrl}`,
      },
      { kind: 'button', label: 'Open the endpoint', url: endpoint.pageUrl },
    ],
  } as const
  return { to, subject, text: renderText(page), html: renderHtml(page) }
}
