import { type Clock, hourMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { runStep } from '../store/step.ts'
import { forgetting } from './forget-step.ts'
import { keepingWithin, type SealedResponse } from './keep-step.ts'
import {
  type FoundItem,
  isKeptId,
  type KeptOwner,
  type KeptResponse,
  type RecallLimits,
  type ResponseToKeep,
} from './kept-content.ts'
import { createLazyWrites } from './lazy-writes.ts'
import { readChain, readItemPlaces, readOutputs, readResponses, readWhole } from './read-rows.ts'
import { openItems, openResponse, sealResponse } from './seal-response.ts'

/** The responses that clients keep with us. Each belongs to the secret that it was kept with, and ends with it. */
export interface KeptResponses {
  /** False with `KEPT=off`. */
  readonly isOn: boolean
  /** Writes it beside everything else; what is lost on the way is not found later. */
  keep(owner: KeptOwner, response: ResponseToKeep): void
  find(owner: KeptOwner, responseId: string): Promise<KeptResponse | null>
  /**
   * A response and all that it continues, the oldest first. @returns null where any of them is not there.
   * @throws AppError where they are more than `limits` allow.
   */
  findConversation(owner: KeptOwner, responseId: string, limits: RecallLimits): Promise<readonly KeptResponse[] | null>
  /** Output items by their ids; one that is not there is missing, an optional one at once. @throws AppError as above. */
  findItems(owner: KeptOwner, ids: WantedItems, limits: RecallLimits): Promise<ReadonlyMap<string, FoundItem>>
  /** @returns false where there is none. */
  forget(owner: KeptOwner, responseId: string): Promise<boolean>
  /** Waits for what is being written. */
  finish(): Promise<void>
}

export interface WantedItems {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

export interface KeptDeps {
  readonly db: Database
  readonly clock: Clock
  readonly isOn: boolean
  readonly keptHours: number
  readonly userBytesMax?: number
  /** Called when a write is lost. */
  readonly onLost: (error: unknown) => void
}

/** What is kept of one user at most. */
export const keptBytesMax = 50 * 1024 * 1024
/** Of a test user, who has paid nothing: enough for a conversation. */
const testBytesMax = 1024 * 1024

/** Decrypted without a pause between them. */
const openedAtOnce = 50

/** How long after a miss it is looked for again: another server may be about to write it. */
const laterMs = [30, 100, 300]

export function createKeptResponses(deps: KeptDeps): KeptResponses {
  const roomOf = (bytesMax: number) => ({ bytesMax, keeping: keepingWithin(bytesMax) })
  const liveRoom = roomOf(deps.userBytesMax ?? keptBytesMax)
  const testRoom = roomOf(Math.min(liveRoom.bytesMax, testBytesMax))
  const sinceMs = () => deps.clock.nowMs() - deps.keptHours * hourMs
  const writes = createLazyWrites(({ row, keeping }: { row: SealedResponse; keeping: typeof liveRoom.keeping }) =>
    runStep(deps.db, keeping, row, 'process').catch(deps.onLost),
  )

  const soon = async <Found>(owner: KeptOwner, look: () => Promise<Found>, isWhole: (found: Found) => boolean) => {
    await writes.written(owner.keyId)
    let found = await look()
    for (const delayMs of laterMs) {
      if (isWhole(found)) return found
      await new Promise((wait) => setTimeout(wait, delayMs))
      found = await look()
    }
    return found
  }

  return {
    isOn: deps.isOn,
    keep(owner, response) {
      const row = sealResponse(owner, response, deps.clock.nowMs())
      const { bytesMax, keeping } = owner.livemode === false ? testRoom : liveRoom
      // What is larger than all that may be kept would push everything else out, and itself.
      if (row.output_bytes + row.rest_bytes > bytesMax) return
      writes.add(owner.keyId, { row, keeping }, row.output_bytes + row.rest_bytes)
    },
    async find(owner, responseId) {
      if (!isKeptId(responseId)) return null
      const row = await soon(
        owner,
        () => readWhole(deps.db, { keyId: owner.keyId, responseId, sinceMs: sinceMs() }),
        (found) => found !== undefined,
      )
      return row === undefined ? null : openResponse(owner, row)
    },
    async findConversation(owner, responseId, limits) {
      if (!isKeptId(responseId)) return null
      const chain = await soon(
        owner,
        () => readChain(deps.db, { keyId: owner.keyId, responseId, sinceMs: sinceMs() }),
        (found) => found.length > 0,
      )
      // Whatever is missing in the middle would make another conversation of it.
      const isWhole = chain.at(-1)?.previous_id === null && chain.every((link) => link.is_whole === 1)
      if (!isWhole) return null
      takeAll(chain, limits)
      const ids = chain.map(({ response_id: id }) => id).toReversed()
      const responses: KeptResponse[] = []
      for (let from = 0; from < ids.length; from += openedAtOnce) {
        const batch = ids.slice(from, from + openedAtOnce)
        const rows = await readResponses(deps.db, { keyId: owner.keyId, responseIds: batch })
        const byId = new Map(rows.map((row) => [row.response_id, row]))
        for (const id of batch) {
          const row = byId.get(id)
          const opened = row === undefined ? null : openResponse(owner, row)
          // One that was deleted meanwhile takes the conversation with it.
          if (opened === null) return null
          responses.push(opened)
        }
      }
      return responses
    },
    async findItems(owner, { required, optional }, limits) {
      const ids = [...new Set([...required, ...optional])].filter(isKeptId)
      const places = await soon(
        owner,
        () => readItemPlaces(deps.db, { keyId: owner.keyId, ids, sinceMs: sinceMs() }),
        (found) => hasAll(found, required),
      )
      const outputs = new Map(places.map((place) => [place.response_id, place]))
      takeAll(
        [...outputs.values()].map((output) => ({ ...output, rest_bytes: 0, nodes: 0 })),
        limits,
      )
      const found = new Map<string, FoundItem>()
      const asked = new Set(ids)
      for (const row of await readOutputs(deps.db, { keyId: owner.keyId, responseIds: [...outputs.keys()] })) {
        const { provider, items } = openItems(owner, row)
        for (const item of items)
          if (typeof item.id === 'string' && asked.has(item.id)) found.set(item.id, { item, provider })
      }
      return found
    },
    async forget(owner, responseId) {
      if (!isKeptId(responseId)) return false
      await writes.written(owner.keyId)
      return runStep(deps.db, forgetting, { keyId: owner.keyId, responseId, sinceMs: sinceMs() })
    },
    finish: () => writes.finish(),
  }
}

function hasAll(places: readonly { readonly item_id: string }[], ids: readonly string[]): boolean {
  const found = new Set(places.map(({ item_id: id }) => id))
  return ids.every((id) => found.has(id))
}

interface Sized {
  readonly output_bytes: number
  readonly rest_bytes: number
  readonly nodes: number
}

function takeAll(rows: readonly Sized[], limits: RecallLimits): void {
  const sum = (of: (row: Sized) => number) => rows.reduce((total, row) => total + of(row), 0)
  limits.take(
    sum((row) => row.output_bytes + row.rest_bytes),
    sum(({ nodes }) => nodes),
  )
}
