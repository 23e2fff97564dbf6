import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vitepress'

/**
 * Builds `dist/site`: the pages of this folder, those of `docs/` that are for partners, and the API reference.
 * `dist/inline-scripts.json` comes last: the server takes it as the sign that the site is whole.
 */
const root = import.meta.dirname
const repository = join(root, '../..')
const dist = join(root, 'dist')
const pages = join(dist, 'pages')
const site = join(dist, 'site')
/** "ALL YOUR BASE ARE BELONG TO US" in Base64: Scalar shows it where a key goes, and it looks like somebody's secret. */
const scalarJoke = 'QUxMIFlPVVIgQkFTRSBBUkUgQkVMT05HIFRPIFVT'

rmSync(dist, { recursive: true, force: true })
gatherPages()
await build(root)
addReference()
rmSync(pages, { recursive: true })
writeFileSync(join(dist, 'inline-scripts.json'), JSON.stringify(hashInlineScripts()))

function gatherPages(): void {
  mkdirSync(pages, { recursive: true })
  cpSync(join(root, 'pages'), pages, { recursive: true })
  cpSync(join(repository, 'docs/clients'), join(pages, 'clients'), { recursive: true })
  renameSync(join(pages, 'clients/README.md'), join(pages, 'clients/index.md'))
  for (const image of ['checkout.png', 'checkout-dark.png'])
    cpSync(join(repository, 'docs/images', image), join(pages, image))
  cpSync(join(repository, 'docs/wire-formats.md'), join(pages, 'wire-formats.md'))
}

/** Scalar as its authors have bundled it, without its source maps, which are four times as large. */
function addReference(): void {
  const browserFolder = join(dirname(fileURLToPath(import.meta.resolve('@scalar/api-reference'))), 'browser')
  const target = join(site, 'reference')
  cpSync(join(root, 'reference'), target, { recursive: true })
  let jokes = 0
  for (const file of ['standalone.esm.js', ...globSync('chunks/*.js', { cwd: browserFolder })]) {
    const code = readFileSync(join(browserFolder, file), 'utf8')
    const place = join(target, 'scalar', file)
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, code.replaceAll(scalarJoke, 'Your key'))
    jokes += code.split(scalarJoke).length - 1
  }
  if (jokes === 0) throw new Error('Scalar’s placeholder for a key is another now: look at the reference.')
}

/** VitePress sets the theme before the first paint by inline scripts: the Content-Security-Policy names each by its hash. */
function hashInlineScripts(): readonly string[] {
  const scripts = globSync('**/*.html', { cwd: site })
    .flatMap((file) => [
      ...readFileSync(join(site, file), 'utf8').matchAll(/<script(?: id="[\w-]+")?>(.*?)<\/script>/gs),
    ])
    .map(([, code = '']) => `sha256-${createHash('sha256').update(code).digest('base64')}`)
  return [...new Set(scripts)]
}
