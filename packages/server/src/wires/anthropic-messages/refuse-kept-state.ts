import { AppError } from '../../kernel/app-error.ts'
import { refuseFileIds } from '../refuse-file-ids.ts'

/**
 * Whatever Anthropic keeps (threads, containers, files) it keeps under the operator's key, for all users together: an id
 * of such a thing could be somebody else's. A thread is refused with the code on which Anthropic's SDK falls back to
 * sending whole messages.
 * @throws AppError `invalid_request` naming the field.
 */
export function refuseKeptState(body: Readonly<Record<string, unknown>>): void {
  if (isPresent(body.thread) || isPresent(body.previous_message_id)) {
    const isContinued =
      typeof body.thread === 'object' &&
      body.thread !== null &&
      'type' in body.thread &&
      body.thread.type === 'continue'
    throw new AppError(
      'invalid_request',
      'thread: message threads are not supported here. Send the whole conversation in messages.',
      {
        param: 'thread',
        wireCode: isContinued ? 'thread_not_found' : 'thread_unsupported_request',
      },
    )
  }
  if (isPresent(body.container))
    throw new AppError('invalid_request', 'container: containers are not supported here.', { param: 'container' })
  if (isPresent(body.mcp_servers))
    throw new AppError('invalid_request', 'mcp_servers: not supported here.', { param: 'mcp_servers' })
  refuseFileIds(body.messages, 'messages')
  refuseFileIds(body.system, 'system')
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}
