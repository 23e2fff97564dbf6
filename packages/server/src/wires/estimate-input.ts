/** What is known of a prompt's size before it is sent. */
export interface InputEstimate {
  readonly tokens: number
  /** The longest life of a cache entry that the request may write. */
  readonly cacheWrite: 'none' | '5m' | '1h'
  readonly webSearchesMax: number
}

/** English has about four bytes a token, other scripts about three, dense code 2.3: the estimate must rarely be too low. */
const bytesPerToken = 2.25
const imageTokens = 2_000
const documentTokensMin = 2_000
const encodedBytesPerDocumentToken = 30
const tokensPerNode = 2
const webSearchesByDefault = 5

/**
 * Estimates the prompt's tokens from the body, without a tokenizer: it is on the way of every call. Everything in the
 * body may count, so nothing that is said escapes the hold; media count by what providers charge for them.
 */
export function estimateInput(body: Readonly<Record<string, unknown>>): InputEstimate {
  let bytes = 0
  let nodes = 0
  let mediaTokens = 0
  let cacheWrite: InputEstimate['cacheWrite'] = 'none'
  let webSearchesMax = 0
  const pending: { readonly value: unknown; readonly key: string }[] = [{ value: body, key: '' }]
  while (pending.length > 0) {
    const { value, key } = pending.pop() ?? { value: null, key: '' }
    if (typeof value === 'string') {
      const media = mediaTokensOf(value, key)
      mediaTokens += media
      if (media === 0) bytes += Buffer.byteLength(value)
    } else if (typeof value === 'object' && value !== null) {
      nodes += 1
      if (key === 'cache_control') cacheWrite = longer(cacheWrite, Reflect.get(value, 'ttl') === '1h' ? '1h' : '5m')
      webSearchesMax += webSearchesOf(value, key)
      for (const [name, child] of Object.entries(value)) {
        bytes += Array.isArray(value) ? 0 : name.length
        pending.push({ value: child, key: Array.isArray(value) ? key : name })
      }
    } else bytes += 4
  }
  return { tokens: Math.ceil(bytes / bytesPerToken) + nodes * tokensPerNode + mediaTokens, cacheWrite, webSearchesMax }
}

/** Base64 of an image or a document is not read as text; a link to one is fetched by the provider. */
function mediaTokensOf(text: string, key: string): number {
  const isMediaPlace = key === 'data' || key === 'url' || key === 'image_url' || key === 'file_data'
  if (!isMediaPlace) return 0
  if (text.startsWith('http')) return Math.max(imageTokens, documentTokensMin)
  if (text.length < 256) return 0
  const isDocument = key === 'file_data' || text.startsWith('JVBERi0') || text.startsWith('data:application')
  return isDocument ? Math.max(documentTokensMin, Math.ceil(text.length / encodedBytesPerDocumentToken)) : imageTokens
}

function webSearchesOf(value: object, key: string): number {
  if (key === 'web_search_options') return 1
  const type = Reflect.get(value, 'type')
  if (key !== 'tools' || typeof type !== 'string' || !type.startsWith('web_search')) return 0
  const uses = Reflect.get(value, 'max_uses')
  return typeof uses === 'number' && uses > 0 ? uses : webSearchesByDefault
}

function longer(a: InputEstimate['cacheWrite'], b: InputEstimate['cacheWrite']): InputEstimate['cacheWrite'] {
  return a === '1h' || b === '1h' ? '1h' : b
}
