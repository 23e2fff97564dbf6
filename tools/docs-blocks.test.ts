import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apiErrorCodes, sdkErrorCodes } from '../packages/protocol/src/error-code.ts'
import { isTypeChecked, typeCheckBlocks } from './check-docs-blocks.ts'
import { blocksOf, isReady, listDocsBlocks, placeOf } from './docs-blocks.ts'

const root = resolve(import.meta.dirname, '..')
const blocks = listDocsBlocks()
const ready = blocks.filter(isReady)

describe('the code in the documentation', () => {
  it('says why where it is not run, and that is rare', () => {
    const notRun = blocks.filter(({ marks }) => marks['not-run'] !== undefined)
    expect(notRun.filter(({ marks }) => (marks['not-run'] ?? '').length < 10).map(placeOf)).toEqual([])
    expect(notRun.length, 'a new block that cannot run is counted here').toBe(notRunCount)
  })

  it('is of a language that a test knows what to do with', () => {
    const known = ['js', 'ts', 'tsx', 'html', 'sh', 'json', 'css', 'text', 'python', ...(['toml', 'yaml'] as const)]
    expect(blocks.filter(({ language }) => !known.includes(language)).map(placeOf)).toEqual([])
  })

  it('is run by the test that it names', () => {
    const named = blocks.map(({ marks }) => marks['run-by']).filter((test) => test !== undefined)
    expect(named.filter((test) => !existsSync(join(root, test)))).toEqual([])
  })

  it('has no configuration that no program was given', () => {
    const unread = ready.filter(
      ({ language, marks }) => /^(toml|yaml)$/.test(language) && marks['run-by'] === undefined,
    )
    expect(unread.map(placeOf)).toEqual([])
  })

  it('is JSON where it says so', () => {
    for (const block of ready.filter(({ language }) => language === 'json'))
      expect(() => JSON.parse(block.code), placeOf(block)).not.toThrow()
  })

  it('has right types: JavaScript and TypeScript, strict, against the real packages', async () => {
    expect(await typeCheckBlocks(ready.filter(isTypeChecked))).toEqual([])
  }, 60_000)

  it('would be refused with a wrong type', async () => {
    const wrong = "import { OpenCredits } from '@opencredits/sdk'\nOpenCredits.init({ publishableKye: 'oc_pk_1' })\n"
    const [block] = blocksOf('page.md', `Text.\n\n\`\`\`ts some="mark of it"\n${wrong}\`\`\`\n`)
    expect(block).toMatchObject({ line: 3, marks: { some: 'mark of it' } })
    expect(await typeCheckBlocks(block === undefined ? [] : [block])).toEqual([
      expect.stringMatching(/^page\.md:3\(2,20\): error TS\d+: .*publishableKye/),
    ])
  }, 60_000)
})

describe('README.md', () => {
  it('shows the page and the server of the quick start, word for word', () => {
    const shown = (page: string) => blocks.filter((one) => one.page === page && one.marks.run === 'quick-start')
    const inReadme = shown('README.md').map(({ code }) => code)
    expect(inReadme).toHaveLength(2)
    expect(inReadme).toEqual(
      ['page', 'server'].map((name) => shown(`packages/docs/pages/snippets/${name}.md`)[0]?.code),
    )
  })
})

describe('packages/docs/pages/loading.md', () => {
  it('prints the loader stub that the SDK knows', () => {
    const page = blocks.find(({ page }) => page.endsWith('snippets/stub.md'))
    const stub = /<script>(window\.OpenCredits\|\|.*)<\/script>/.exec(page?.code ?? '')?.[1] ?? 'no stub'
    const source = join(root, 'packages/sdk/src/loader-stub.ts')
    expect(readFileSync(source, 'utf8')).toContain(`'${stub}'`)
    expect(Buffer.byteLength(stub)).toBeLessThanOrEqual(400)
  })
})

describe('packages/docs/pages/errors.md', () => {
  it('has every code that there is, and no other', () => {
    const text = readFileSync(join(root, 'packages/docs/pages/errors.md'), 'utf8')
    const [fromApi = '', fromScript = ''] = text.split('## From the script in the page')
    const codesIn = (part: string) =>
      part.split('\n').flatMap((row) => /^\|(?: \d{3} \|)? `(\w+)` \|/.exec(row)?.[1] ?? [])
    expect(codesIn(fromApi).toSorted()).toEqual(apiErrorCodes.toSorted())
    expect(codesIn(fromScript).toSorted()).toEqual(sdkErrorCodes.toSorted())
  })
})

/** Blocks that need what a test has not: another company's account, an editor, a key of one's own. */
const notRunCount = 3
