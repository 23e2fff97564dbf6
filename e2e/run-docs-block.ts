import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { DocsBlock } from '../tools/docs-blocks.ts'
import { direct } from './process/api-client.ts'
import type { PartnerKeys, Stack } from './stack.ts'

const root = resolve(import.meta.dirname, '..')
const node = join(root, 'node_modules/.bin/node')

export interface DocsReader {
  readonly stack: Stack
  readonly partner: PartnerKeys
  /** Of a user with credits. */
  readonly userKey: string
}

/** What a reader would put in the place of the examples. @param address where the server is for whoever runs the code */
export function fillIn(code: string, { partner }: Pick<DocsReader, 'partner'>, address: string): string {
  return code
    .replaceAll(/http:\/\/localhost:8787|https:\/\/credits\.example/g, address)
    .replaceAll('oc_pk_…', partner.publishable_key)
    .replaceAll('par_…', partner.id)
}

/** Runs a block of the shell, or one for Node.js, as a reader would. @returns what it has printed */
export function runDocsBlock(block: DocsBlock, reader: DocsReader): Promise<string> {
  const endings: Readonly<Record<string, string>> = { sh: 'sh', ts: 'ts' }
  const code = fillIn(block.code, reader, direct(reader.stack))
  return runProgram(`block.${endings[block.language] ?? 'mjs'}`, code, {
    ...reader.stack.environment,
    OPENCREDITS_KEY: reader.userKey,
    OPENCREDITS_RESTRICTED_KEY: reader.partner.secret_key,
  })
}

const runners: Readonly<Record<string, string>> = { '.sh': 'bash', '.py': 'python3' }

/** Runs a program that somebody has saved under this name: its ending says by what. @returns what it has printed */
export async function runProgram(
  name: string,
  code: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  // Beside the clients' packages, so that a program finds what it imports.
  const folder = mkdtempSync(join(import.meta.dirname, '.docs-run-'))
  try {
    const file = join(folder, name)
    writeFileSync(file, name.endsWith('.sh') ? `set -euo pipefail\n${code}` : code)
    writeShims(folder)
    const { stdout } = await promisify(execFile)(runners[extname(name)] ?? node, [file], {
      cwd: folder,
      env: { ...environment, PATH: `${folder}:${dirname(node)}:${process.env.PATH}` },
    })
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `npx --yes pnpm@12 opencredits …` without the network, and a `curl` for which an answer of 400 or more is a failure. */
function writeShims(folder: string): void {
  const cli = join(root, 'packages/server/src/cli/opencredits.ts')
  const shims = {
    npx: `[ "$1 $2 $3" = "--yes pnpm@12 opencredits" ] || { echo "not as the documentation says: npx $*" >&2; exit 1; }
shift 3
exec "${node}" "${cli}" "$@"`,
    curl: `PATH="\${PATH#*:}" exec curl --fail-with-body "$@"`,
  }
  for (const [name, script] of Object.entries(shims)) {
    writeFileSync(join(folder, name), `#!/usr/bin/env bash\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
}
