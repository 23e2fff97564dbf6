import { PDF, PdfArray, PdfDict, PdfNumber, type PdfObject, PdfRef } from '@libpdf/core'

/** No provider reads a document with more; what has more is not worth walking through. */
const nodesMax = 20_000
const depthMax = 100

/**
 * Pages of a PDF, never fewer than a reader may find: the tree is walked, as its own count may be wrong, and what is in
 * it twice is two pages.
 * @returns null for what is encrypted, not quite well-formed (another reader might find other pages), or endless.
 */
export async function countPages(bytes: Uint8Array): Promise<number | null> {
  try {
    const pdf = await PDF.load(bytes, { lenient: false })
    if (pdf.isEncrypted || pdf.recoveredViaBruteForce) return null
    return countLeaves(pdf)
  } catch {
    return null
  }
}

function countLeaves(pdf: PDF): number | null {
  const resolve = (value: PdfObject | null | undefined) => (value instanceof PdfRef ? pdf.getObject(value) : value)
  const root = resolve(pdf.getCatalog().get('Pages'))
  if (!(root instanceof PdfDict)) return null
  const pending: { readonly node: PdfObject | undefined; readonly depth: number }[] = [{ node: root, depth: 0 }]
  let leaves = 0
  for (let nodes = 0; ; nodes += 1) {
    const next = pending.pop()
    if (next === undefined) break
    if (nodes > nodesMax || next.depth > depthMax) return null
    const node = resolve(next.node)
    const kids = node instanceof PdfDict ? resolve(node.get('Kids')) : null
    if (!(kids instanceof PdfArray)) leaves += 1
    else if (kids.length + pending.length > nodesMax) return null
    else for (const kid of kids) pending.push({ node: kid, depth: next.depth + 1 })
  }
  const stated = resolve(root.get('Count'))
  const pages = Math.max(leaves, stated instanceof PdfNumber ? Math.ceil(stated.value) : 0)
  return pages > nodesMax ? null : pages
}
