/** The hold of all requests of a batch that are not settled. */
export function holdIdOf(batchId: string): string {
  return `batch:${batchId}`
}

/** The random part of a batch's id: by it our own lines are known among a provider's results. */
function tagOf(batchId: string): string {
  return batchId.slice(batchId.indexOf('_') + 1)
}

/** Under which id a request of a batch is booked. */
export function requestIdAt(batchId: string, position: number): string {
  return `req_${tagOf(batchId)}_${position}`
}

/** What the provider knows a request by: the client's own id never leaves us. */
export function upstreamCustomId(batchId: string, position: number): string {
  return `${tagOf(batchId)}-${position}`
}

/** @returns null for what is not of this batch. */
export function positionOf(batchId: string, customId: unknown): number | null {
  const tag = `${tagOf(batchId)}-`
  if (typeof customId !== 'string' || !customId.startsWith(tag)) return null
  const position = customId.slice(tag.length)
  return /^\d{1,6}$/.test(position) ? Number(position) : null
}
