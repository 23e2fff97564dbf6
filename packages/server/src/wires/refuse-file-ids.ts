import { AppError } from '../kernel/app-error.ts'

/**
 * Files that a provider keeps it keeps under the operator's key, for all users together: an id could be somebody else's.
 * Looks at any depth, without recursion: bodies may be deep.
 * @throws AppError `invalid_request` naming the field.
 */
export function refuseFileIds(value: unknown, param: string): void {
  const pending: unknown[] = [value]
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next !== 'object' || next === null) continue
    // A tool's own arguments may call anything `file_id`: only a content part or its source names a provider's file.
    if ('file_id' in next && typeof next.file_id === 'string' && isPlaceOfFile(next)) {
      throw new AppError('invalid_request', `${param}: file ids are not supported here. Send the content itself.`, {
        param,
      })
    }
    // One by one: spreading a very long array into `push` would overflow the stack.
    for (const child of Object.values(next)) pending.push(child)
  }
}

/** `{ type: file | input_file | input_image, file_id }`, or Chat's `file: { file_id }` without a type of its own. */
function isPlaceOfFile(value: object): boolean {
  const type = Reflect.get(value, 'type')
  return type === undefined || type === 'file' || type === 'input_file' || type === 'input_image'
}
