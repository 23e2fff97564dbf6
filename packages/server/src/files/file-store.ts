/** Where the sealed bytes of files are. It knows no owners: who may read is decided before. */
export interface FileStore {
  /** Keeps a file under its id. It survives a power loss once this resolves; where it rejects, nothing is left. */
  write(fileId: string, frames: AsyncIterable<Buffer>): Promise<void>
  /** The frames in their order; fewer than `count` where they are missing. */
  read(fileId: string, count: number): AsyncIterable<Buffer>
  /** Does nothing for a file that is gone. */
  remove(fileId: string): Promise<void>
  /** Ids of all that was written before this time, with what a crash has left in the middle of a write. */
  listWrittenBefore(timeMs: number): AsyncIterable<string>
}

/** Ids as `newId` makes them: nothing else becomes part of a path. */
export function isFileId(id: unknown): id is string {
  return typeof id === 'string' && /^file_[0-9A-Za-z]{24}$/.test(id)
}
