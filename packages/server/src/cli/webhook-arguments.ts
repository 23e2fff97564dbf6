import { Argument, InvalidArgumentError } from '@commander-js/extra-typings'
import { type WebhookEventType, webhookEventTypes } from '../webhook-events/event-data.ts'

export const partnerArgument = () => new Argument('<partner>', 'par_…').argRequired()
export const endpointArgument = () => new Argument('<endpoint>', 'whe_…').argRequired()

/** In the audit log. */
export const byCommand = { actor: { kind: 'cli', id: null } } as const

export function readEventType(text: string): WebhookEventType {
  const type = webhookEventTypes.find((one) => one === text)
  if (type === undefined) throw new InvalidArgumentError(`Expected one of ${webhookEventTypes.join(', ')}.`)
  return type
}

/** A whole number of seconds, or of entries, within bounds. */
export function readWhole(min: number, max: number) {
  return (text: string): number => {
    const number = Number(text)
    if (text.trim() === '' || !Number.isInteger(number) || number < min || number > max)
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
    return number
  }
}
