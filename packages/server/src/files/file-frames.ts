import type { KeyObject } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { assert } from '../kernel/assert.ts'
import { sealBytes, sealBytesAdded, unsealBytes } from './seal-bytes.ts'

const plainBytes = 1024 * 1024

/** A file is sealed in frames of 1 MB, each by itself, so that it can be read without having all of it. The last may be shorter. */
export const frameBytes = plainBytes + sealBytesAdded

export interface SealedFile {
  readonly fileId: string
  readonly sizeBytes: number
  readonly key: KeyObject
}

export function frameCount({ sizeBytes }: Pick<SealedFile, 'sizeBytes'>): number {
  return Math.ceil(sizeBytes / plainBytes)
}

/** Lets others work between two frames: no request waits longer for another's file. */
export async function* sealFrames(file: SealedFile, bytes: Uint8Array): AsyncGenerator<Buffer> {
  assert(bytes.length === file.sizeBytes, 'a file is as long as its row says')
  for (let index = 0; index < frameCount(file); index += 1) {
    yield sealBytes(file.key, placeOf(file, index), bytes.subarray(index * plainBytes, (index + 1) * plainBytes))
    await setImmediate()
  }
}

/** @throws where a frame is missing or was changed: a file is whole, or it is not given out. */
export async function* openFrames(file: SealedFile, frames: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let index = 0
  for await (const frame of frames) {
    const bytes = unsealBytes(file.key, placeOf(file, index), frame)
    if (bytes === null) throw new Error(`the bytes of a file do not open (frame ${index})`)
    index += 1
    yield bytes
    await setImmediate()
  }
  if (index !== frameCount(file)) throw new Error(`the bytes of a file are not whole (${index} frames)`)
}

/** With the size, so that a file cut short is another file. */
function placeOf({ fileId, sizeBytes }: SealedFile, index: number): string {
  return `${fileId} ${sizeBytes} ${index}`
}
