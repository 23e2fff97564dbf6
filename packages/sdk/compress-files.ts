import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib'

/** Writes each file beside itself once more as `.br` and as `.gz`, as small as they get: a server only has to send them. */
export function compressFiles(paths: readonly string[]): void {
  for (const path of paths) {
    const content = readFileSync(path)
    writeFileSync(
      `${path}.br`,
      brotliCompressSync(content, { params: { [zlib.BROTLI_PARAM_SIZE_HINT]: content.length } }),
    )
    writeFileSync(`${path}.gz`, gzipSync(content, { level: zlib.Z_BEST_COMPRESSION }))
  }
}
