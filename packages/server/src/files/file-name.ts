import { AppError } from '../kernel/app-error.ts'

const charactersMax = 255

const extensions: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/jpeg': '.jpeg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'application/pdf': '.pdf',
  'text/plain': '.txt',
}

/**
 * Checks the name of an uploaded file by Anthropic's rules; folders before it are gone already.
 * @throws AppError 400 for a name that some system would take for more than a name.
 */
export function checkFilename(filename: string): void {
  // What turns the direction of writing makes a name read as another.
  const isGood = filename.length <= charactersMax && !/[<>:"|?*\\/\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(filename)
  if (isGood && filename.isWellFormed()) return
  throw new AppError(
    'invalid_request',
    `file: expected a file name of 1 to ${charactersMax} characters, without < > : " | ? * \\ / and control characters.`,
    { param: 'file' },
  )
}

/** A file without a name gets one. */
export function filenameOr(filename: string, mimeType: string): string {
  return filename === '' ? `unnamed${extensions[mimeType] ?? ''}` : filename
}
