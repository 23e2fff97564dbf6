import type { Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { AppError } from '../kernel/app-error.ts'

export interface Decompressor {
  readonly stream: Transform
  /** What it may need for itself, beside what it gives out. */
  readonly memoryBytes: number
}

const megabyte = 1024 * 1024
const outputPartBytes = 64 * 1024

/**
 * What unpacks a request body; null for one that is not packed.
 * @throws AppError 415 `unsupported_media_type` for a coding that is not known here.
 */
export function createDecompressor(encoding: string | undefined): Decompressor | null {
  switch (encoding?.trim().toLowerCase() ?? 'identity') {
    case 'identity':
      return null
    case 'gzip':
    case 'x-gzip':
      return { stream: createGunzip({ chunkSize: outputPartBytes }), memoryBytes: megabyte / 8 }
    case 'deflate':
      return { stream: createInflate({ chunkSize: outputPartBytes }), memoryBytes: megabyte / 8 }
    case 'br':
      // Its window is as large as the sender wants it, up to this.
      return { stream: createBrotliDecompress({ chunkSize: outputPartBytes }), memoryBytes: 16 * megabyte }
    case 'zstd':
      // RFC 9659: a content coding needs no larger window than 8 MB.
      return {
        stream: createZstdDecompress({ chunkSize: outputPartBytes, params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
        memoryBytes: 9 * megabyte,
      }
    default:
      throw new AppError(
        'unsupported_media_type',
        'The body has a content-encoding that is not supported; send it as it is, or with gzip, deflate, br or zstd.',
      )
  }
}
