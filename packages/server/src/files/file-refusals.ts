import { AppError } from '../kernel/app-error.ts'

const megabyte = 1024 * 1024

/** Whether it never was, is another's, or was deleted: all the same. */
export function noSuchFile(fileId: string, param: string): AppError {
  return new AppError('not_found', `${placeOf(param)}File \`${shown(fileId)}\` not found.`, { param })
}

export function fileExpired(fileId: string, param: string): AppError {
  return new AppError('not_found', `${placeOf(param)}File \`${shown(fileId)}\` has expired. Upload it again.`, {
    param,
    wireCode: 'file_expired',
  })
}

export function quotaExceeded(bytesMax: number): AppError {
  return overQuota(
    `The files of one user may have ${Math.floor(bytesMax / megabyte)} MB together, and with this one they would have more. Delete some first.`,
  )
}

export function deletedStillStored(): AppError {
  return overQuota('Too much was uploaded and deleted within a day: deleted files are stored for 24 hours. Try later.')
}

export function tooManyFiles(filesMax: number): AppError {
  return overQuota(`One user may have ${filesMax} files. Delete some first.`)
}

function overQuota(message: string): AppError {
  return new AppError('invalid_request', message, { param: 'file', wireCode: 'storage_quota_exceeded' })
}

/** The key's user was erased, or signed in to another account, a moment ago. This server does not know it yet. */
export function ownerGone(): AppError {
  return new AppError('overloaded', 'The user of this key has just changed. Try again in a moment.', {
    retryAfterSeconds: 3,
  })
}

/** In a call there may be many files; a route has one, and clients know its wording. */
function placeOf(param: string): string {
  return param === 'file_id' ? '' : `${param}: `
}

function shown(fileId: string): string {
  return fileId.slice(0, 100)
}
