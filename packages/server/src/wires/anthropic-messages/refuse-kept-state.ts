import { AppError } from '../../kernel/app-error.ts'

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
  if (namesFile(body.messages) || namesFile(body.system)) {
    throw new AppError('invalid_request', 'messages: file ids are not supported here. Send the content itself.', {
      param: 'messages',
    })
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** Looks for a `file_id` at any depth, without recursion: bodies may be deep. */
function namesFile(value: unknown): boolean {
  const pending: unknown[] = [value]
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next !== 'object' || next === null) continue
    if ('file_id' in next && typeof next.file_id === 'string' && 'type' in next && next.type === 'file') return true
    // One by one: spreading a very long array into `push` would overflow the stack.
    for (const child of Object.values(next)) pending.push(child)
  }
  return false
}
