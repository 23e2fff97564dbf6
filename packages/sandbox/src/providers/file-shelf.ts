import { randomBytes } from 'node:crypto'
import type { ProviderFailure } from './provider-control.ts'
import type { ProviderName } from './provider-problem.ts'
import type { SandboxClock } from './sandbox-clock.ts'

/** A file at a provider. It is in the workspace of the key that brought it, and no other key sees it. */
export interface StoredFile {
  readonly id: string
  readonly provider: ProviderName
  readonly apiKey: string
  readonly filename: string
  readonly mimeType: string
  readonly bytes: Buffer
  /** OpenAI's; null at Anthropic. */
  readonly purpose: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
}

export interface NewFile extends Omit<StoredFile, 'id' | 'createdAtMs' | 'expiresAtMs'> {
  /** null: it stays. */
  readonly lifeSeconds: number | null
}

export interface FileTrouble {
  /** Instead of an upload. */
  readonly failure?: ProviderFailure | null
  /** The file is stored, and the connection is cut before the answer. */
  readonly isAnswerLost?: boolean
  /** What a workspace may hold. Default 500 GB. */
  readonly quotaBytes?: number
}

export interface Workspace {
  readonly provider: ProviderName
  readonly apiKey: string
}

export interface FileShelf {
  readonly clock: SandboxClock
  add(file: NewFile): StoredFile
  /** @returns an expired one too, and null for another workspace's. */
  find(workspace: Workspace, id: string): StoredFile | null
  remove(file: StoredFile): void
  /** The newest first. */
  list(workspace: Workspace): readonly StoredFile[]
  all(): readonly StoredFile[]
  isExpired(file: StoredFile): boolean
  troubles(): Required<FileTrouble>
  trouble(trouble: FileTrouble): void
}

const untroubled: Required<FileTrouble> = { failure: null, isAnswerLost: false, quotaBytes: 500e9 }

export function createFileShelf(clock: SandboxClock): FileShelf {
  const files = new Map<string, StoredFile>()
  let troubles = untroubled
  const isOf = ({ provider, apiKey }: Workspace) => {
    return (file: StoredFile) => file.provider === provider && file.apiKey === apiKey
  }
  return {
    clock,
    add({ lifeSeconds, ...file }) {
      const prefix = file.provider === 'anthropic' ? 'file_01' : 'file-'
      const createdAtMs = clock.nowMs()
      const expiresAtMs = lifeSeconds === null ? null : createdAtMs + lifeSeconds * 1000
      const stored = { ...file, id: `${prefix}${randomBytes(11).toString('hex')}`, createdAtMs, expiresAtMs }
      files.set(stored.id, stored)
      return stored
    },
    find(workspace, id) {
      const file = files.get(id)
      return file !== undefined && isOf(workspace)(file) ? file : null
    },
    remove: ({ id }) => void files.delete(id),
    list: (workspace) => [...files.values()].filter(isOf(workspace)).reverse(),
    all: () => [...files.values()],
    isExpired: ({ expiresAtMs }) => expiresAtMs !== null && expiresAtMs <= clock.nowMs(),
    troubles: () => troubles,
    trouble(trouble) {
      troubles = { ...untroubled, ...trouble }
    },
  }
}
