import type { IncomingMessage } from 'node:http'
import type { KeptOwner, RecallLimits } from '../kept/kept-content.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import type { Model } from '../pricing/catalogue.ts'
import type { FoundMemory, Item, ParsedRequest, Wire, WireMemory } from '../wires/wire.ts'
import type { FileBringer } from './bring-files.ts'
import { type CallMemory, createCallMemory } from './call-memory.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { keptOwnerOf } from './kept-owner.ts'
import type { RequestRoom } from './request-room.ts'

export interface Recaller {
  readonly request: IncomingMessage
  readonly room: RequestRoom
  /** The body as the client sent it, with the ids of files in it: those are kept, and not the files once more. */
  readonly sent: Item
  readonly files: Pick<FileBringer, 'bring'>
  readonly key: AuthenticatedKey
  readonly model: Model
}

export interface Recalled {
  /** With all that it refers to in it: what is priced, held and sent. */
  readonly parsed: ParsedRequest
  /** Null where nothing of the call is kept. */
  readonly memory: CallMemory | null
}

/**
 * Puts what a request refers to in the place of the references, before anything is priced or held: a history costs what
 * it costs when it is sent.
 * @throws AppError 400 for what is not there, 413 for more than a request may have.
 */
export async function recall(
  deps: Pick<GatewayDeps, 'kept' | 'pepper'>,
  wire: Wire,
  asked: ParsedRequest,
  { request, room, sent, files, key, model }: Recaller,
): Promise<Recalled> {
  const { memory } = wire
  if (memory === null) return { parsed: asked, memory: null }
  const { previousResponseId, isKept, wantsEncryptedReasoning } = memory.read(asked.body)
  const own = memory.inputOf(sent)
  const references = memory.referencesIn(own)
  const refers = previousResponseId !== null || references.required.length > 0
  if (!deps.kept.isOn) {
    if (refers) throw keepingIsOff(previousResponseId === null ? 'input' : 'previous_response_id')
    return { parsed: asked, memory: null }
  }
  if (!refers && references.optional.length === 0 && !isKept) return { parsed: asked, memory: null }
  const owner = keptOwnerOf(deps, key, request)
  const found =
    refers || references.optional.length > 0
      ? await find(deps, memory, {
          owner,
          previousResponseId,
          own,
          limits: { take: (bytes, nodes) => room.take(bytes, nodes, tooLarge) },
        })
      : null
  return {
    parsed:
      found === null
        ? asked
        : wire.parseRequest({ ...(await files.bring(memory.expand(asked.body, found, model.provider))) }),
    memory: isKept
      ? createCallMemory(deps.kept, owner, {
          ...{ input: own, previousId: previousResponseId, provider: model.provider, wantsEncryptedReasoning },
        })
      : null,
  }
}

interface Wanted {
  readonly owner: KeptOwner
  readonly previousResponseId: string | null
  readonly own: readonly FoundMemory['history'][number]['item'][]
  readonly limits: RecallLimits
}

async function find(
  { kept }: Pick<GatewayDeps, 'kept'>,
  memory: WireMemory,
  { owner, previousResponseId, own, limits }: Wanted,
): Promise<FoundMemory> {
  const responses = previousResponseId === null ? [] : await kept.findConversation(owner, previousResponseId, limits)
  if (responses === null) throw noSuchResponse(previousResponseId ?? '')
  const history = responses.flatMap(({ input, output, provider }) => [
    ...input.map((item) => ({ item, provider: null })),
    ...output.map((item) => ({ item, provider })),
  ])
  const references = memory.referencesIn([...history.map(({ item }) => item), ...own])
  const named = references.required.length + references.optional.length
  if (named > namedMax) throw tooManyNamed(named)
  return { history, items: named === 0 ? new Map() : await kept.findItems(owner, references, limits) }
}

/** To look for an item costs the store the same whether it is there or not. */
const namedMax = 5_000

function tooManyNamed(named: number): AppError {
  return new AppError(
    'invalid_request',
    `input: ${named} items are named by their ids; at most ${namedMax} may be. Send the items themselves.`,
    { param: 'input' },
  )
}

function tooLarge(): AppError {
  return new AppError(
    'request_too_large',
    'With all that it refers to, this request is larger than one may be. Begin a new conversation, or send a shorter one in input.',
    { param: 'input' },
  )
}

function noSuchResponse(id: string): AppError {
  return new AppError(
    'invalid_request',
    `previous_response_id: Previous response with id '${id.slice(0, 100)}' not found or expired, or part of its conversation is. It is found by the key that it was kept with, unless store was false. Send the whole conversation in input.`,
    { param: 'previous_response_id', wireCode: 'previous_response_not_found' },
  )
}

function keepingIsOff(param: string): AppError {
  return new AppError(
    'invalid_request',
    `${param}: nothing is kept here: the operator has switched it off (KEPT=off). Send the whole conversation in input, with store: false.`,
    { param },
  )
}
