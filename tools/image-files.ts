import { readdirSync, readFileSync } from 'node:fs'
import { join, matchesGlob, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** The files of this repository that the last stage of the Dockerfile copies, as `.dockerignore` lets them through. */
export function listImageFiles(): readonly string[] {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  const folders = [...lastStage.matchAll(/^COPY (?!--from)(\S+) \S+$/gm)].map(([, folder = '']) => folder)
  return folders.flatMap(listFiles).filter(isInContext)
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.name === 'node_modules') return []
    return entry.isDirectory() ? listFiles(path) : [path]
  })
}

const ignoreRules = readFileSync(join(root, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ isException: line.startsWith('!'), pattern: line.replace(/^!/, '') }))

/** The last rule that fits a path or a folder above it decides. */
function isInContext(path: string): boolean {
  const parts = path.split('/')
  const above = parts.map((_part, index) => parts.slice(0, index + 1).join('/'))
  const last = ignoreRules.findLast(({ pattern }) => above.some((name) => matchesGlob(name, pattern)))
  return last === undefined || last.isException
}
